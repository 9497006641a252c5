import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { useAppStatus } from "~/app/connection";
import { ProblemAlert } from "~/app/parts/ProblemAlert";

export function About() {
  const status = useAppStatus();
  return (
    <Container header={<Header variant="h2">About</Header>}>
      <SpaceBetween size="m">
        {status.isError && <ProblemAlert error={status.error} retry={() => void status.refetch()} />}
        <KeyValuePairs
          columns={2}
          data-testid="settings-about"
          items={[
            { label: "Version", value: `Overseed ${status.data?.version ?? "–"}` },
            { label: "Licence", value: "MIT OR Apache-2.0" },
          ]}
        />
        <Box color="text-body-secondary">
          Guided deployments to many AWS IoT Greengrass groups and core devices at once. Not a product of Amazon Web Services.
        </Box>
      </SpaceBetween>
    </Container>
  );
}
