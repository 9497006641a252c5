import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { counted } from "~/app/format";
import { JobLine } from "~/app/parts/JobLine";
import { LineHeader } from "~/app/parts/LineHeader";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import type { Draft } from "~/ipc";

import { Summary } from "./Summary";
import { useExport, useFileWork } from "./useFile";

/** The file itself: made from the selection or opened from disk, against the limits. */
export function FilePanel({ draft }: { draft: Draft }) {
  const { make, open, working, error, job } = useFileWork();
  const save = useExport();
  const { file } = draft;
  const due = !file || file.stale;
  return (
    <Container
      header={
        <LineHeader
          line={
            job ? (
              <JobLine job={job} units="lines" />
            ) : working ? (
              <StatusIndicator type="in-progress">Working</StatusIndicator>
            ) : file ? (
              file.opened === null ? (
                "Made from the selected groups and their versions"
              ) : (
                `Opened from disk: ${file.opened}`
              )
            ) : (
              "Not made yet"
            )
          }
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button disabled={working} onClick={() => open.mutate()} data-testid="file-open">
                Open from disk
              </Button>
              <Button
                disabled={!file || working}
                loading={save.isPending}
                onClick={() => save.mutate()}
                data-testid="file-export"
              >
                Export
              </Button>
              <Button
                variant={due ? "primary" : "normal"}
                disabled={working || draft.selected === 0}
                disabledReason={draft.selected === 0 ? "No group is selected" : undefined}
                loading={make.isPending}
                onClick={() => make.mutate()}
                data-testid="file-make"
              >
                {file && file.opened === null ? "Make it again" : "Make the file"}
              </Button>
            </SpaceBetween>
          }
        >
          File
        </LineHeader>
      }
    >
      <SpaceBetween size="m">
        {error && <ProblemAlert error={error} testId="file-problem" />}
        {file?.stale && (
          <Alert type="warning" data-testid="file-stale">
            Groups or versions have changed since this file was made. Make it again.
          </Alert>
        )}
        {file ? (
          <Summary file={file} />
        ) : (
          <Box color="text-body-secondary" padding={{ vertical: "m" }} textAlign="center">
            {counted(draft.selected, "group")} selected: the file will have as many lines, one for each group.
          </Box>
        )}
      </SpaceBetween>
    </Container>
  );
}
