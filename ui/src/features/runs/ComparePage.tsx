import "./runs.css";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { CountsBar } from "~/app/CountsBar";
import { short } from "~/app/figures";
import { count } from "~/app/format";
import { useHelpContent } from "~/app/help";
import { RunsProblem } from "~/app/parts/RunsProblem";
import { Time } from "~/app/parts/Time";
import { targetWordsOf } from "~/app/RunWords";
import { firstUpper } from "~/app/targetWords";
import { type Comparison, type RunRow, type TargetChange, ipc, keys } from "~/ipc";

import { CHANGES, changesOf } from "./changes";
import { ComparedTargets, PAGE } from "./ComparedTargets";
import { RUNS_HELP } from "./runsHelp";

function Side({ run }: { run: RunRow }) {
  const navigate = useNavigate();
  const to = `/runs/${encodeURIComponent(run.id)}`;
  return (
    <SpaceBetween size="xxs">
      <Link
        href={`#${to}`}
        onFollow={(event) => {
          event.preventDefault();
          void navigate(to);
        }}
      >
        {run.name || `Run ${short(run.id)}`}
      </Link>
      <Time millis={run.startedAt} as="local" />
      <CountsBar counts={run.counts} />
    </SpaceBetween>
  );
}

interface ComparedProps {
  comparison: Comparison;
  change: TargetChange | null;
  page: number;
  loading: boolean;
  onChange: (change: TargetChange | null) => void;
  onPage: (page: number) => void;
}

function Compared({ comparison, change, page, loading, onChange, onPage }: ComparedProps) {
  return (
    <SpaceBetween size="m">
      <Container>
        <SpaceBetween size="m">
          <KeyValuePairs
            columns={2}
            items={[
              { label: "Older", value: <Side run={comparison.a} /> },
              { label: "Newer", value: <Side run={comparison.b} /> },
            ]}
          />
          <div className="changes" role="group" aria-label={`${firstUpper(targetWordsOf(comparison.b.generation).many)} by what changed`}>
            {CHANGES.map((look) => (
              <button
                key={look.change}
                type="button"
                className="change"
                title={look.meaning}
                aria-pressed={change === look.change}
                onClick={() => onChange(change === look.change ? null : look.change)}
                data-testid={`change-${look.change}`}
              >
                <span>{look.label}</span> <strong>{count(changesOf(comparison.counts, look.change))}</strong>
              </button>
            ))}
          </div>
        </SpaceBetween>
      </Container>
      <ComparedTargets comparison={comparison} page={page} loading={loading} onPage={onPage} />
    </SpaceBetween>
  );
}

/** What changed from an older run to a newer one: newly failing, fixed, still failing. */
export function ComparePage() {
  const navigate = useNavigate();
  const [asked] = useSearchParams();
  const a = asked.get("a") ?? "";
  const b = asked.get("b") ?? "";
  const [change, setChange] = useState<TargetChange | null>(null);
  const [page, setPage] = useState(1);
  useHelpContent(RUNS_HELP);
  const which = { change, offset: (page - 1) * PAGE, limit: PAGE };
  const query = useQuery({
    queryKey: keys.runCompare(a, b, which),
    queryFn: () => ipc.runCompare(a, b, which),
    placeholderData: keepPreviousData,
  });
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          description="What changed for each target from the older run to the newer one"
          actions={
            <Button onClick={() => void navigate("/runs")}>Back to the runs</Button>
          }
        >
          Compare runs
        </Header>
      }
    >
      {query.isError && <RunsProblem error={query.error} retry={() => void query.refetch()} />}
      {query.isPending && (
        <Box textAlign="center" padding="xxl">
          <Spinner size="large" /> Comparing
        </Box>
      )}
      {query.data !== undefined && !query.isError && (
        <Compared
          comparison={query.data}
          change={change}
          page={page}
          loading={query.isPlaceholderData}
          onChange={(next) => {
            setChange(next);
            setPage(1);
          }}
          onPage={setPage}
        />
      )}
    </ContentLayout>
  );
}
