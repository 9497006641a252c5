import { ReviewPage } from "~/app/review/ReviewPage";
import { StartQuestion } from "~/app/review/StartQuestion";
import { GROUPS } from "~/app/targetWords";
import { ipc, keys } from "~/ipc";

import { OtherBulk } from "./OtherBulk";
import { Plan } from "./Plan";
import { useReview } from "./useReview";

/** Step 6: the whole plan and what stands in its way; then the start. */
export function ReviewStep() {
  return (
    <ReviewPage
      generation="v1"
      review={useReview()}
      exportable={() => true}
      plan={(review) => <Plan review={review} />}
      notice={({ other }) => other !== null && <OtherBulk key={other.id} other={other} />}
      start={({ targets, waves, draft }, onDismiss) => (
        <StartQuestion
          words={GROUPS}
          targets={targets}
          waves={waves}
          gate={draft.waves.gate}
          settleMinutes={draft.settleMinutes}
          gets={{ one: "gets its new version", many: "get their new versions" }}
          consequence="A stop later keeps what has succeeded and does not cancel what is pending."
          draft={keys.draft}
          start={() => ipc.runStart()}
          onDismiss={onDismiss}
        />
      )}
    />
  );
}
