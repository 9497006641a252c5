import { ReviewPage } from "~/app/review/ReviewPage";
import { StartQuestion } from "~/app/review/StartQuestion";
import { DEVICES } from "~/app/targetWords";
import { type Way, ipc, keys } from "~/ipc";

import { DevicePlan } from "./DevicePlan";
import { OtherRuns } from "./OtherRuns";
import { useDeviceReview } from "./useDeviceReview";

const CONSEQUENCES: Record<Way, string> = {
  direct: "Keep this computer running until the deployments are made.",
  step_functions: "It goes on in AWS when Overseed is closed.",
  thing_group: "AWS IoT rolls it out, also when Overseed is closed.",
};

/** The last step of core devices: the whole plan and what stands in its way; then the start. */
export function DeviceReviewStep() {
  return (
    <ReviewPage
      generation="v2"
      review={useDeviceReview()}
      exportable={({ waves }) => waves.length > 0}
      notice={({ others }) => <OtherRuns others={others} />}
      plan={(review) => <DevicePlan review={review} />}
      start={({ targets, waves, draft, v2 }, onDismiss) => (
        <StartQuestion
          words={DEVICES}
          targets={targets}
          waves={waves}
          gate={draft.waves.gate}
          settleMinutes={draft.settleMinutes}
          gets={{ one: "gets a new deployment", many: "get new deployments" }}
          consequence={CONSEQUENCES[v2.way]}
          draft={keys.deviceDraft}
          start={() => ipc.deviceRunStart()}
          onDismiss={onDismiss}
        />
      )}
    />
  );
}
