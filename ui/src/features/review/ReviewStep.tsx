import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import { useNavigate } from "react-router";

import { counted } from "~/app/format";
import { Checks } from "~/app/parts/Checks";
import { Working } from "~/app/parts/Working";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useWizard, useWizardSubmit } from "~/app/wizard";
import { ProblemError, type Review, ipc, keys } from "~/ipc";

import { OtherBulk } from "./OtherBulk";
import { Plan } from "./Plan";
import { PlanFile } from "./PlanFile";
import { StartModal } from "./StartModal";
import { useReview } from "./useReview";

function refuse(message: string, hint: string): never {
  throw new ProblemError({ code: "preflight_failed", message, hint, detail: null, requestId: null });
}

/** Why the start is blocked, or nothing. */
function blocked(review: Review | undefined): void {
  if (review === undefined) refuse("The plan is not checked yet.", "Wait for the checks to end, or check again.");
  if (review.ready) return;
  const failed = review.checks.filter(({ state }) => state === "fail");
  refuse(
    `The start is blocked by ${counted(failed.length, "failed check")}: ${failed.map(({ title }) => title).join("; ")}.`,
    "Each check names the step that mends it. Check again afterwards.",
  );
}

function Verdict({ review }: { review: Review }) {
  const of = (state: string) => review.checks.filter((check) => check.state === state).length;
  if (!review.ready) return <>{counted(of("fail"), "check")} failed: the start is blocked.</>;
  if (of("warn") > 0) return <>Ready to start, with {counted(of("warn"), "warning")}.</>;
  return <>Ready to start.</>;
}

/** A plan that was opened from a file may have been started before; its run then has the plan's id. */
function StartedBefore({ plan }: { plan: string }) {
  const navigate = useNavigate();
  const runs = useQuery({ queryKey: keys.runsList, queryFn: () => ipc.runsList() });
  if (!runs.data?.some(({ id }) => id === plan)) return null;
  return (
    <Alert
      type="info"
      header="This plan was started"
      action={<Button onClick={() => void navigate(`/runs/${encodeURIComponent(plan)}`)}>Watch the run</Button>}
      data-testid="review-started"
    >
      Starting it again goes on with the same run; nothing is deployed twice.
    </Alert>
  );
}

/** Step 6: the whole plan and what stands in its way; then the start. */
export function ReviewStep() {
  const review = useReview();
  const { clearError } = useWizard();
  const [starting, setStarting] = useState(false);
  const { data, isFetching } = review;
  const submit = useCallback(async () => {
    blocked(isFetching ? undefined : data);
    setStarting(true);
    return Promise.resolve();
  }, [data, isFetching]);
  useWizardSubmit(submit);
  const again = () => {
    clearError();
    void review.refetch();
  };

  return (
    <SpaceBetween size="m">
      {review.error && !isFetching && <ProblemAlert error={review.error} retry={again} testId="review-problem" />}
      {data !== undefined && <StartedBefore plan={data.draft.plan} />}
      {data !== undefined && data.other !== null && <OtherBulk key={data.other.id} other={data.other} />}
      <Container
        header={
          <Header variant="h2" actions={<PlanFile disabled={data === undefined} />}>
            The plan
          </Header>
        }
      >
        {data === undefined ? (
          <Box padding="l" textAlign="center">
            {review.error && !isFetching ? "The plan could not be read." : <Spinner size="large" />}
          </Box>
        ) : (
          <Plan review={data} />
        )}
      </Container>
      <Container
        header={
          <Header
            variant="h2"
            description={isFetching ? "Checking…" : data === undefined ? "Not checked." : <Verdict review={data} />}
            actions={
              <Button onClick={again} loading={isFetching} data-testid="review-check">
                Check again
              </Button>
            }
          >
            Before the start
          </Header>
        }
      >
        <SpaceBetween size="s">
          {review.job !== null && <Working job={review.job} />}
          <Checks checks={data?.checks ?? []} loading={data === undefined && isFetching} />
        </SpaceBetween>
      </Container>
      {starting && data !== undefined && <StartModal review={data} onDismiss={() => setStarting(false)} />}
    </SpaceBetween>
  );
}
