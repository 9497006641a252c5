import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import type { TableProps } from "@cloudscape-design/components/table";

import { CountsBar } from "~/app/CountsBar";
import { short } from "~/app/figures";
import { count, duration } from "~/app/format";
import { Status } from "~/app/parts/Status";
import { Time } from "~/app/parts/Time";
import { hasEnded, runWord, totalOf } from "~/app/states";
import { useNotConnected } from "~/app/connection";
import { targetWordsOf } from "~/app/RunWords";
import { countedTargets } from "~/app/targetWords";

import type { SearchableRun } from "./filter";

interface Actions {
  open: (run: string) => void;
  resume: (run: string) => void;
  resuming: string | null;
}

function Where({ run }: { run: SearchableRun }) {
  const alone = useNotConnected();
  return (
    <>
      {run.sandbox !== null && <Badge color="severity-medium">Sandbox</Badge>} {run.account}
      <br />
      {run.region}
      {run.foreign && (
        <Box fontSize="body-s" color="text-body-secondary">
          made elsewhere
        </Box>
      )}
      {!run.here && (
        <Box fontSize="body-s" color="text-body-secondary">
          {alone ? "read-only" : "other connection, read-only"}
        </Box>
      )}
    </>
  );
}

function State({ run, resume, resuming }: { run: SearchableRun } & Omit<Actions, "open">) {
  const word = runWord(run.state, run.counts);
  return (
    <>
      <Status word={word} />
      {!hasEnded(run.state) && !run.driven && !run.foreign && (
        <div>
          <Box variant="span" fontSize="body-s" color="text-body-secondary">
            no process drives it{run.here ? " · " : ""}
          </Box>
          {run.here && (
            <Button
              variant="inline-link"
              onClick={() => resume(run.id)}
              loading={resuming === run.id}
              ariaLabel={`Resume ${run.name || run.id}`}
              data-testid={`runs-resume-${run.id}`}
            >
              Resume
            </Button>
          )}
        </div>
      )}
    </>
  );
}

export function runColumns({ open, resume, resuming }: Actions): TableProps.ColumnDefinition<SearchableRun>[] {
  return [
    {
      id: "name",
      header: "Run",
      isRowHeader: true,
      sortingField: "name",
      minWidth: 200,
      cell: (run) => (
        <>
          <Link
            href={`#/runs/${encodeURIComponent(run.id)}`}
            onFollow={(event) => {
              event.preventDefault();
              open(run.id);
            }}
            data-testid={`runs-open-${run.id}`}
          >
            {run.name || `Run ${short(run.id)}`}
          </Link>
          <div className="mono secondary" title={run.id}>
            {short(run.id, 18)}
          </div>
          <Box fontSize="body-s" color="text-body-secondary">
            Greengrass {run.greengrass}
          </Box>
          {run.parent !== null && (
            <Box fontSize="body-s" color="text-body-secondary" data-testid={`runs-parent-${run.id}`}>
              made of {run.parentName}
            </Box>
          )}
        </>
      ),
    },
    {
      id: "state",
      header: "State",
      sortingField: "word",
      width: 210,
      cell: (run) => <State run={run} resume={resume} resuming={resuming} />,
    },
    {
      id: "targets",
      header: "Targets",
      width: 200,
      sortingComparator: (one, other) => totalOf(one.counts) - totalOf(other.counts),
      cell: (run) => (
        <>
          <CountsBar counts={run.counts} />
          <Box fontSize="body-s" color="text-body-secondary">
            {count(run.counts.succeeded)} of {countedTargets(totalOf(run.counts), targetWordsOf(run.generation))} succeeded
            {run.counts.failed > 0 && `, ${count(run.counts.failed)} failed`}
            {run.counts.unknown > 0 && `, ${count(run.counts.unknown)} unknown`}
          </Box>
        </>
      ),
    },
    {
      id: "started",
      header: "Started",
      sortingField: "startedAt",
      width: 165,
      cell: (run) => <Time millis={run.startedAt} as="local" />,
    },
    {
      id: "ended",
      header: "Ended",
      width: 165,
      sortingComparator: (one, other) => (one.endedAt ?? Infinity) - (other.endedAt ?? Infinity),
      cell: (run) =>
        run.endedAt === null ? (
          "–"
        ) : (
          <>
            <Time millis={run.endedAt} as="local" />
            <Box fontSize="body-s" color="text-body-secondary">
              took {duration((run.endedAt - run.startedAt) / 1000)}
            </Box>
          </>
        ),
    },
    { id: "where", header: "Where", width: 150, cell: (run) => <Where run={run} /> },
  ];
}
