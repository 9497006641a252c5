import Box from "@cloudscape-design/components/box";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { useConnection } from "~/app/connection";
import { Confirm } from "~/app/Confirm";
import { counted } from "~/app/format";
import { gateSentences } from "~/app/waves";
import { Working } from "~/app/parts/Working";
import { type Review, ipc, keys, useJob } from "~/ipc";

/** The last question: how many groups, in which account and Region, in words. */
export function StartModal({ review, onDismiss }: { review: Review; onDismiss: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const connection = useConnection();
  const start = useMutation({
    mutationFn: () => ipc.runStart(),
    onSuccess: (snapshot) => {
      client.setQueryData(keys.run(snapshot.row.id), snapshot);
      void client.invalidateQueries({ queryKey: keys.draft });
      void client.invalidateQueries({ queryKey: keys.runsList });
      void navigate(`/runs/${encodeURIComponent(snapshot.row.id)}`);
    },
  });
  // Everything is checked once more before the first call that changes something.
  const job = useJob("review", start.isPending);
  const sandbox = connection?.sandbox !== null && connection?.sandbox !== undefined;
  return (
    <Confirm
      title={`Start deploying to ${counted(review.targets, "group")}?`}
      confirm="Start"
      testid="review-start-confirm"
      busy={start.isPending}
      error={start.error}
      onConfirm={() => start.mutate()}
      onDismiss={onDismiss}
    >
      {job !== null && start.isPending && job.state === "running" && <Working job={job} />}
      <Box>
        {counted(review.targets, "group")} in {sandbox ? "the sandbox’s account" : "the AWS account"}{" "}
        <strong>{connection?.account}</strong>, Region <strong>{connection?.region}</strong>,{" "}
        {review.targets === 1 ? "gets its new version" : "get their new versions"}{" "}
        {review.waves.length > 1
          ? `in ${review.waves.length} waves. The first one has ${counted(review.waves[0]?.targets ?? 0, "group")}. ${gateSentences(review.draft.waves.gate).join(" ")}`
          : "at once."}
      </Box>
      <Box>
        {sandbox
          ? "Nothing real is touched: the sandbox is on this computer."
          : "This changes devices in the field. A stop later keeps what has succeeded and does not cancel what is pending."}
      </Box>
    </Confirm>
  );
}
