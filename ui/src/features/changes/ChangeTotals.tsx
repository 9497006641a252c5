import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Pagination from "@cloudscape-design/components/pagination";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { share } from "~/app/figures";
import { count, counted } from "~/app/format";
import type { ChangeTotal } from "~/ipc";

import { KINDS, KIND_ORDER, directionWords } from "./words";

const PAGE = 12;

function What({ total: { kind, from, to, direction } }: { total: ChangeTotal }) {
  if (kind === "policies") return <>How devices update and handle failure</>;
  if (kind === "configuration") return <>What is merged or reset, or whom it runs as</>;
  if (kind === "removed") return <span className="mono">{from} → none</span>;
  if (kind === "added") return <span className="mono">none → {to}</span>;
  const words = directionWords(direction);
  return (
    <>
      <span className="mono">
        {from} → {to}
      </span>
      {words !== null && (
        <>
          {" "}
          <Box variant="small" color={direction === "down" ? "text-status-warning" : "text-body-secondary"}>
            {words}
          </Box>
        </>
      )}
    </>
  );
}

/** What changes, and for how many devices: removals first, then the most devices. */
export function ChangeTotals({ changes, devices }: { changes: readonly ChangeTotal[]; devices: number }) {
  const [page, setPage] = useState(1);
  const sorted = [...changes].sort(
    (a, b) => KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || b.targets - a.targets,
  );
  const pages = Math.max(1, Math.ceil(sorted.length / PAGE));
  const shown = Math.min(page, pages);
  const removed = changes.filter(({ kind }) => kind === "removed").length;
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${count(changes.length)})`}
          description={
            removed > 0
              ? `${counted(removed, "removal")} among them: those components are taken off.`
              : "No component is removed from any device."
          }
        >
          What changes, and for how many
        </Header>
      }
    >
      <Table
        variant="embedded"
        data-testid="changes-totals"
        items={sorted.slice((shown - 1) * PAGE, shown * PAGE)}
        trackBy={({ kind, component, from, to }) => [kind, component, from, to].join(" ")}
        wrapLines
        enableKeyboardNavigation
        contentDensity="compact"
        ariaLabels={{ tableLabel: "What changes, and for how many devices" }}
        empty={
          <Box textAlign="center" color="text-body-secondary">
            No document changes for any device.
          </Box>
        }
        pagination={
          pages > 1 && (
            <Pagination
              currentPageIndex={shown}
              pagesCount={pages}
              onChange={({ detail }) => setPage(detail.currentPageIndex)}
            />
          )
        }
        columnDefinitions={[
          {
            id: "kind",
            header: "Kind",
            width: 130,
            cell: ({ kind }) => <Badge color={KINDS[kind].color}>{KINDS[kind].label}</Badge>,
          },
          {
            id: "component",
            header: "Component",
            isRowHeader: true,
            minWidth: 220,
            cell: ({ component }) => <span className="wrap">{component ?? "The deployment"}</span>,
          },
          { id: "what", header: "What", minWidth: 200, cell: (total) => <What total={total} /> },
          {
            id: "devices",
            header: "Devices",
            width: 150,
            cell: ({ targets }) => (
              <>
                {count(targets)} <Box variant="small">{targets === devices ? "all" : share(targets, devices)}</Box>
              </>
            ),
          },
        ]}
      />
    </Container>
  );
}
