import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import { Words } from "~/app/Words";
import type { PermissionChange, Requirement } from "~/ipc";

import { inFewWords } from "./changeWords";
import { NOW } from "./states";

interface RequirementsProps {
  requirements: readonly Requirement[];
  changes: readonly PermissionChange[];
  loading: boolean;
  onShow: (change: string) => void;
}

/** What has to be true before the start, as sentences, with what was found. */
export function Requirements({ requirements, changes, loading, onShow }: RequirementsProps) {
  return (
    <Table
      variant="embedded"
      data-testid="permissions-requirements"
      items={requirements}
      trackBy="id"
      loading={loading}
      loadingText="Looking at role, policies and your rights"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: "What has to be true" }}
      empty={
        <Box textAlign="center" color="text-body-secondary">
          Choose a role to see what it needs.
        </Box>
      }
      columnDefinitions={[
        { id: "title", header: "Requirement", isRowHeader: true, cell: (one) => one.title, width: 210 },
        {
          id: "now",
          header: "Now",
          width: 145,
          cell: (one) => <StatusIndicator type={NOW[one.now].type}>{NOW[one.now].label}</StatusIndicator>,
        },
        { id: "detail", header: "Detail", cell: (one) => <Words>{one.detail}</Words>, minWidth: 160 },
        {
          id: "change",
          header: "Change",
          width: 170,
          cell: (one) => {
            const change = changes.find(({ id }) => id === one.change);
            if (change === undefined) return <Box color="text-body-secondary">–</Box>;
            const text = inFewWords(change);
            // The name begins with what is written, so that it can be said to a computer that listens (WCAG 2.5.3).
            return (
              <Link ariaLabel={`${text}, show the change for: ${one.title}`} onFollow={() => onShow(change.id)}>
                {text}
              </Link>
            );
          },
        },
      ]}
    />
  );
}
