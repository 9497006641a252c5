import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Table from "@cloudscape-design/components/table";
import { useMemo } from "react";

import { CountsBar } from "~/app/CountsBar";
import { count } from "~/app/format";
import { useRunWords } from "~/app/RunWords";
import { firstUpper } from "~/app/targetWords";

import { type Part, partsOf } from "./fleetSelection";

/** The map in words and figures: where in the fleet the states sit. */
export function FleetTable({ fleet, onShow }: { fleet: string; onShow: (from: number, to: number) => void }) {
  const words = useRunWords();
  const parts = useMemo(() => partsOf(fleet), [fleet]);
  const lines = (part: Part) => `${count(part.from + 1)} to ${count(part.to)}`;
  return (
    <Table
      variant="embedded"
      data-testid="fleet-table"
      items={parts}
      trackBy={(part) => String(part.from)}
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: "The fleet in parts" }}
      empty={<Box textAlign="center">No {words.one}.</Box>}
      columnDefinitions={[
        { id: "groups", header: firstUpper(words.many), isRowHeader: true, cell: lines, width: 170 },
        { id: "succeeded", header: "Succeeded", cell: ({ counts }) => count(counts.succeeded) },
        { id: "failed", header: "Failed", cell: ({ counts }) => count(counts.failed) },
        { id: "unknown", header: "Unknown", cell: ({ counts }) => count(counts.unknown) },
        {
          id: "open",
          header: "Not ended",
          cell: ({ counts }) => count(counts.inProgress + counts.submitted + counts.waiting),
        },
        { id: "bar", header: "Shares", cell: ({ counts }) => <CountsBar counts={counts} />, minWidth: 140 },
        {
          id: "show",
          header: "In the list",
          cell: (part) => (
            <Button
              variant="inline-link"
              ariaLabel={`Show ${words.many} ${lines(part)}`}
              onClick={() => onShow(part.from, part.to)}
            >
              Show
            </Button>
          ),
        },
      ]}
    />
  );
}
