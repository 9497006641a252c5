import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { Fragment } from "react";

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

/** An ARN, broken where its parts end. */
function Breakable({ children }: { children: string }) {
  return (
    <span title={children}>
      {children.split(/(?<=[:/])/).map((part, index) => (
        <Fragment key={index}>
          {part}
          <wbr />
        </Fragment>
      ))}
    </span>
  );
}

/** Who am I and where: what STS answered. */
export function Connected({ connection, onDisconnect }: { connection: Connection; onDisconnect: () => void }) {
  const sandbox = connection.sandbox !== null;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button onClick={onDisconnect} data-testid="connect-disconnect">
              Disconnect
            </Button>
          }
        >
          {sandbox ? "Connected to the sandbox" : "Connected"}
        </Header>
      }
      data-testid="connected"
    >
      <SpaceBetween size="m">
        <KeyValuePairs
          columns={3}
          items={[
            {
              label: "Account and Region",
              value: (
                <>
                  <Mono>{connection.account}</Mono> · {connection.region}
                </>
              ),
            },
            { label: "Identity", value: <Breakable>{connection.identity}</Breakable> },
            { label: "Credentials", value: <Credentials until={connection.credentialsExpireAt} /> },
          ]}
        />
      </SpaceBetween>
    </Container>
  );
}
