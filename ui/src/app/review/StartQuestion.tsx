import Box from "@cloudscape-design/components/box";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { Confirm } from "~/app/Confirm";
import { useConnection } from "~/app/connection";
import { counted } from "~/app/format";
import { Working } from "~/app/parts/Working";
import { type TargetWords, countedTargets } from "~/app/targetWords";
import { gateSentences } from "~/app/waves";
import { type RunSnapshot, type Waves, keys, useJob } from "~/ipc";

interface Props {
  words: TargetWords;
  targets: number;
  waves: readonly { targets: number }[];
  gate: Waves["gate"];
  settleMinutes: number;
  /** What the targets get: "gets its new version" of one, and of several. */
  gets: { one: string; many: string };
  /** What a start in an account means beside touching devices. */
  consequence: string;
  /** The draft that is empty afterwards. */
  draft: readonly unknown[];
  start: () => Promise<RunSnapshot>;
  onDismiss: () => void;
}

/** The last question: how many, in which account and Region, in words. */
export function StartQuestion({ words, targets, waves, gate, settleMinutes, gets, consequence, draft, start, onDismiss }: Props) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const connection = useConnection();
  const starting = useMutation({
    mutationFn: start,
    onSuccess: (snapshot) => {
      client.setQueryData(keys.run(snapshot.row.id), snapshot);
      void client.invalidateQueries({ queryKey: draft });
      void client.invalidateQueries({ queryKey: keys.runsList });
      void navigate(`/runs/${encodeURIComponent(snapshot.row.id)}`);
    },
  });
  // Everything is checked once more before the first call that changes something.
  const job = useJob("review", starting.isPending);
  const sandbox = connection !== null && connection.sandbox !== null;
  const all = countedTargets(targets, words);
  return (
    <Confirm
      title={`Start deploying to ${all}?`}
      confirm="Start"
      testid="review-start-confirm"
      busy={starting.isPending}
      error={starting.error}
      onConfirm={() => starting.mutate()}
      onDismiss={onDismiss}
    >
      {job !== null && starting.isPending && job.state === "running" && <Working job={job} />}
      <Box>
        {all} in {sandbox ? "the sandbox’s account" : "the AWS account"} <strong>{connection?.account}</strong>, Region{" "}
        <strong>{connection?.region}</strong>, {targets === 1 ? gets.one : gets.many}{" "}
        {waves.length > 1
          ? `in ${waves.length} waves. The first one has ${countedTargets(waves[0]?.targets ?? 0, words)}. ${gateSentences(gate, words).join(" ")}`
          : "at once."}{" "}
        What has not ended {counted(settleMinutes, "minute")} {waves.length > 1 ? "after its wave" : "later"} counts as
        unknown.
      </Box>
      <Box>
        {sandbox
          ? "Nothing real is touched: the sandbox is on this computer."
          : `This changes devices in the field. ${consequence}`}
      </Box>
    </Confirm>
  );
}
