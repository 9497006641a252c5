import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { useNow } from "~/app/now";
import { Mono } from "~/app/parts/Mono";
import { Time } from "~/app/parts/Time";
import type { Connection } from "~/ipc";

const SOON_MILLIS = 15 * 60_000;

function Credentials({ until }: { until: number | null }) {
  const now = useNow();
  if (until === null) return <>do not end by themselves</>;
  if (until <= now) return <StatusIndicator type="error">ended: sign in again, then connect</StatusIndicator>;
  return (
    <StatusIndicator type={until - now < SOON_MILLIS ? "warning" : "success"}>
      end <Time millis={until} />
    </StatusIndicator>
  );
}

/** Who am I and where: what STS answered. */
export function Connected({ connection, onDisconnect }: { connection: Connection; onDisconnect: () => void }) {
  const sandbox = connection.sandbox !== null;
  return (
    <Container
      header={
        <Header variant="h2" actions={<Button onClick={onDisconnect} data-testid="connect-disconnect">Disconnect</Button>}>
          {sandbox ? "Connected to the sandbox" : "Connected"}
        </Header>
      }
      data-testid="connected"
    >
      <SpaceBetween size="m">
        {connection.v1Ended && (
          <Alert type="warning" header="AWS has ended AWS IoT Greengrass V1" data-testid="v1-ended">
            V1 reached its end of support on 7 October 2026. Calls to a real account may be refused from now on, and what
            was deployed keeps running on the cores without updates. Move to V2, and use the sandbox to try this app.
          </Alert>
        )}
        <KeyValuePairs
          columns={4}
          items={[
            { label: "Account", value: <Mono>{connection.account}</Mono> },
            { label: "Region", value: connection.region },
            { label: "Identity", value: <span className="wrap">{connection.identity}</span> },
            { label: "Credentials", value: <Credentials until={connection.credentialsExpireAt} /> },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}
