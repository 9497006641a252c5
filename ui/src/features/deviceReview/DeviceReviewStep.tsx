import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useCallback, useState } from "react";

import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { BeforeTheStart } from "~/app/review/BeforeTheStart";
import { PlanFile } from "~/app/review/PlanFile";
import { StartedBefore } from "~/app/review/StartedBefore";
import { blocked } from "~/app/review/verdict";
import { useWizard, useWizardSubmit } from "~/app/wizard";

import { DevicePlan } from "./DevicePlan";
import { DeviceStartModal } from "./DeviceStartModal";
import { useDeviceReview } from "./useDeviceReview";

/** Step 6 of core devices: the whole plan and what stands in its way; then the start. */
export function DeviceReviewStep() {
  const review = useDeviceReview();
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
      <Container
        header={
          <Header variant="h2" actions={<PlanFile generation="v2" disabled={data === undefined || data.waves.length === 0} />}>
            The plan
          </Header>
        }
      >
        {data === undefined ? (
          <Box padding="l" textAlign="center">
            {review.error && !isFetching ? "The plan could not be read." : <Spinner size="large" />}
          </Box>
        ) : (
          <DevicePlan review={data} />
        )}
      </Container>
      <BeforeTheStart review={data} checking={isFetching} job={review.job} onAgain={again} />
      {starting && data !== undefined && <DeviceStartModal review={data} onDismiss={() => setStarting(false)} />}
    </SpaceBetween>
  );
}
