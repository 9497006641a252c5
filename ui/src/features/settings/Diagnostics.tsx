import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useMutation } from "@tanstack/react-query";

import { useAppStatus } from "~/app/connection";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { ipc } from "~/ipc";

/** Where everything lies, and a bundle for whoever is asked for help. */
export function Diagnostics() {
  const status = useAppStatus();
  const save = useMutation({ mutationFn: () => ipc.diagnosticsExport() });
  const folder = status.data?.dataDir;
  return (
    <Container
      header={
        <Header
          variant="h2"
          actions={
            <Button onClick={() => save.mutate()} loading={save.isPending} data-testid="settings-diagnostics">
              Save diagnostics…
            </Button>
          }
        >
          Data and diagnostics
        </Header>
      }
    >
      <SpaceBetween size="m">
        <KeyValuePairs
          items={[
            {
              label: "Data folder",
              value: folder ? (
                <CopyToClipboard
                  variant="inline"
                  textToCopy={folder}
                  copyButtonAriaLabel="Copy the data folder"
                  copySuccessText="Copied"
                  copyErrorText="Not copied"
                />
              ) : (
                "–"
              ),
            },
          ]}
        />
        <Box color="text-body-secondary">
          Drafts, runs and logs are kept there. OVERSEED_DATA_DIR names another folder, for the window and the command
          line alike. A diagnostics bundle has version, settings, counts and the last logs; secrets are taken out.
        </Box>
        {typeof save.data === "string" && <StatusIndicator type="success">Saved as {save.data}</StatusIndicator>}
        {save.error && <ProblemAlert error={save.error} />}
      </SpaceBetween>
    </Container>
  );
}
