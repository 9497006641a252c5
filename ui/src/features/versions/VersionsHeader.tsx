import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { count, counted } from "~/app/format";
import { JobLine } from "~/app/parts/JobLine";
import { LineHeader } from "~/app/parts/LineHeader";

import type { useVersions } from "./useVersions";

/** How many get what, or how far the reading of versions has come. */
function Sum({ versions }: { versions: ReturnType<typeof useVersions> }) {
  if (versions.job) return <JobLine job={versions.job} units="groups" />;
  if (versions.reading) return <StatusIndicator type="in-progress">Reading the versions of the selected groups</StatusIndicator>;
  const page = versions.page.data;
  if (!page) return null;
  return (
    <>
      <span>
        {page.notLatest === 0
          ? "All get their latest version, as listed"
          : `${count(page.total - page.notLatest)} get the latest version, ${count(page.notLatest)} another one`}
      </span>
      {page.problems > 0 && (
        <StatusIndicator type="error">{counted(page.problems, "version cannot", "versions cannot")} be used</StatusIndicator>
      )}
    </>
  );
}

export function VersionsHeader({ versions }: { versions: ReturnType<typeof useVersions> }) {
  const page = versions.page.data;
  const none = !page || page.total === 0;
  return (
    <LineHeader
      counter={page && `(${count(page.total)})`}
      line={<Sum versions={versions} />}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <Button
            disabled={none || versions.reading}
            loading={versions.latest.isPending}
            onClick={() => versions.latest.mutate()}
            data-testid="versions-latest"
          >
            Latest for all
          </Button>
          <Button
            disabled={none}
            loading={versions.reading}
            onClick={() => versions.previous.mutate()}
            data-testid="versions-previous"
          >
            Previous version for all
          </Button>
        </SpaceBetween>
      }
    >
      Selected groups
    </LineHeader>
  );
}
