import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";

import { useGeneration } from "~/app/generation";
import { useWizard } from "~/app/wizard";
import type { Connection } from "~/ipc";

/** What to deploy to, by which the steps that follow differ. Each generation keeps its own draft. */
export function GenerationChoice({ connection }: { connection: Connection }) {
  const { generation, known, choose } = useGeneration();
  const { clearError } = useWizard();
  return (
    <Container header={<Header variant="h2">What to deploy to</Header>}>
      <SpaceBetween size="m">
        <Tiles
          value={known ? generation : null}
          onChange={({ detail }) => {
            clearError();
            void choose(detail.value === "v2" ? "v2" : "v1");
          }}
          columns={2}
          items={[
            {
              value: "v2",
              label: <span data-testid="generation-v2">Core devices (Greengrass V2)</span>,
              description: "Component versions with their configuration",
            },
            {
              value: "v1",
              label: <span data-testid="generation-v1">Groups (Greengrass V1)</span>,
              description: connection.v1Ended
                ? "Through bulk deployments; ended by AWS on 7 October 2026"
                : "Group versions through bulk deployments",
            },
          ]}
          ariaLabel="What to deploy to"
        />
        {connection.v1Ended && known && generation === "v1" && (
          <Alert type="warning" header="AWS has ended AWS IoT Greengrass V1" data-testid="v1-ended">
            Since 7 October 2026 the V1 resources of AWS accounts can no longer be reached, so calls from here are likely to be
            refused. The way on is AWS IoT Greengrass V2. The sandbox and other endpoints with the V1 API work in full.
          </Alert>
        )}
      </SpaceBetween>
    </Container>
  );
}
