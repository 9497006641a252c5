import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Link from "@cloudscape-design/components/link";
import Modal from "@cloudscape-design/components/modal";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { bytes, count, counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import type { OutcomeRow } from "~/ipc";

import { DiffView } from "./DiffView";
import { PAGE } from "./filter";
import { useOutcomes } from "./usePlan";
import { inALine } from "./words";

/** What an outcome's devices get, and what changes for the first of them. */
function OutcomeModal({ row, onDismiss }: { row: OutcomeRow; onDismiss: () => void }) {
  return (
    <Modal
      visible
      size="large"
      header={`Outcome ${count(row.number + 1)}: ${counted(row.devices, "device")}`}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
    >
      <SpaceBetween size="m">
        <Box>
          What changes for the first of them, <strong>{row.example}</strong>. The others get the same document; what they
          have now may differ.
        </Box>
        <DiffView diff={row.diff} />
        <ExpandableSection variant="footer" headerText={`The whole document, ${bytes(row.bytes)}`}>
          <pre className="commands" tabIndex={0} aria-label="The whole document">
            {JSON.stringify(row.document, null, 2)}
          </pre>
        </ExpandableSection>
      </SpaceBetween>
    </Modal>
  );
}

/** Documents that several devices share, those of most devices first. */
export function Outcomes({ made, onShowDevices }: { made: number; onShowDevices: (group: number) => void }) {
  const [page, setPage] = useState(1);
  const [open, setOpen] = useState<OutcomeRow | null>(null);
  const outcomes = useOutcomes((page - 1) * PAGE, PAGE, made);
  const total = outcomes.data?.total ?? 0;
  const pages = Math.max(1, Math.ceil(total / PAGE));
  return (
    <SpaceBetween size="s">
      {outcomes.error && <ProblemAlert error={outcomes.error} retry={() => void outcomes.refetch()} />}
      <Table
        variant="embedded"
        data-testid="changes-outcomes"
        items={outcomes.data?.rows ?? []}
        trackBy={({ number }) => String(number)}
        wrapLines
        enableKeyboardNavigation
        loading={outcomes.isPending && !outcomes.error}
        loadingText="Gathering the outcomes"
        ariaLabels={{ tableLabel: "Different outcomes" }}
        empty={<Box textAlign="center">No device gets a document.</Box>}
        pagination={
          <Pagination
            currentPageIndex={Math.min(page, pages)}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        }
        columnDefinitions={[
          {
            id: "number",
            header: "Outcome",
            isRowHeader: true,
            width: 100,
            cell: (row) => (
              <Link ariaLabel={`Show outcome ${row.number + 1}`} onFollow={() => setOpen(row)}>
                {count(row.number + 1)}
              </Link>
            ),
          },
          {
            id: "devices",
            header: "Devices",
            width: 150,
            cell: (row) => (
              <>
                {count(row.devices)}{" "}
                {row.unchanged > 0 && (
                  <Box variant="small">{row.unchanged === row.devices ? "all" : count(row.unchanged)} unchanged</Box>
                )}
              </>
            ),
          },
          { id: "changes", header: "What changes for the first", minWidth: 200, cell: ({ diff }) => inALine(diff) },
          {
            id: "components",
            header: "Components",
            width: 130,
            cell: (row) => count(Object.keys(row.document.components ?? {}).length),
          },
          { id: "example", header: "First device", minWidth: 160, cell: ({ example }) => <span className="wrap">{example}</span> },
          {
            id: "show",
            header: "Show",
            width: 130,
            cell: (row) => (
              <Button variant="inline-link" onClick={() => onShowDevices(row.number)} ariaLabel={`Devices of outcome ${row.number + 1}`}>
                Its devices
              </Button>
            ),
          },
        ]}
      />
      {open && <OutcomeModal row={open} onDismiss={() => setOpen(null)} />}
    </SpaceBetween>
  );
}
