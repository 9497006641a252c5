import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import type { UseQueryResult } from "@tanstack/react-query";
import { type ReactNode, useCallback, useState } from "react";

import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useWizard, useWizardSubmit } from "~/app/wizard";
import type { Generation, Job } from "~/ipc";

import { BeforeTheStart } from "./BeforeTheStart";
import { PlanFile } from "./PlanFile";
import { StartedBefore } from "./StartedBefore";
import { type Judged, blocked } from "./verdict";

interface Props<R> {
  generation: Generation;
  review: UseQueryResult<R> & { job: Job | null };
  /** Whether there is a plan that can be exported. */
  exportable: (review: R) => boolean;
  plan: (review: R) => ReactNode;
  /** What stands above the plan. */
  notice?: (review: R) => ReactNode;
  /** The last question. */
  start: (review: R, onDismiss: () => void) => ReactNode;
}

/** The last step of either generation: the whole plan and what stands in its way; then the start. */
export function ReviewPage<R extends Judged & { draft: { plan: string } }>(props: Props<R>) {
  const { generation, review, exportable, plan, notice, start } = props;
  const { clearError } = useWizard();
  const [starting, setStarting] = useState(false);
  const { data, error, isFetching } = review;
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
  const failed = error !== null && !isFetching;
  return (
    <SpaceBetween size="m">
      {failed && <ProblemAlert error={error} retry={again} testId="review-problem" />}
      {data !== undefined && <StartedBefore plan={data.draft.plan} />}
      {data !== undefined && notice?.(data)}
      <Container
        header={
          <Header
            variant="h2"
            actions={<PlanFile generation={generation} disabled={data === undefined || !exportable(data)} />}
          >
            The plan
          </Header>
        }
      >
        {data !== undefined ? (
          plan(data)
        ) : (
          <Box padding="l" textAlign="center">
            {failed ? "The plan could not be read." : <Spinner size="large" />}
          </Box>
        )}
      </Container>
      <BeforeTheStart review={data} checking={isFetching} job={review.job} onAgain={again} />
      {starting && data !== undefined && start(data, () => setStarting(false))}
    </SpaceBetween>
  );
}
