import Box from "@cloudscape-design/components/box";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { Confirm } from "~/app/Confirm";
import { useConnection } from "~/app/connection";
import { counted } from "~/app/format";
import { Working } from "~/app/parts/Working";
import { DEVICES } from "~/app/targetWords";
import { gateSentences } from "~/app/waves";
import { type DeviceReview, type Way, ipc, keys, useJob } from "~/ipc";

const STOPPING: Record<Way, string> = {
  direct: "Keep this computer running until the deployments are made.",
  step_functions: "It goes on in AWS when Overseed is closed.",
  thing_group: "AWS IoT rolls it out, also when Overseed is closed.",
};

/** The last question: how many devices, in which account and Region, in words. */
export function DeviceStartModal({ review, onDismiss }: { review: DeviceReview; onDismiss: () => void }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const connection = useConnection();
  const start = useMutation({
    mutationFn: () => ipc.deviceRunStart(),
    onSuccess: (snapshot) => {
      client.setQueryData(keys.run(snapshot.row.id), snapshot);
      void client.invalidateQueries({ queryKey: keys.deviceDraft });
      void client.invalidateQueries({ queryKey: keys.runsList });
      void navigate(`/runs/${encodeURIComponent(snapshot.row.id)}`);
    },
  });
  // Everything is checked once more before the first call that changes something.
  const job = useJob("review", start.isPending);
  const sandbox = connection?.sandbox !== null && connection?.sandbox !== undefined;
  const devices = counted(review.targets, "device");
  return (
    <Confirm
      title={`Start deploying to ${devices}?`}
      confirm="Start"
      testid="review-start-confirm"
      busy={start.isPending}
      error={start.error}
      onConfirm={() => start.mutate()}
      onDismiss={onDismiss}
    >
      {job !== null && start.isPending && job.state === "running" && <Working job={job} />}
      <Box>
        {devices} in {sandbox ? "the sandbox’s account" : "the AWS account"} <strong>{connection?.account}</strong>, Region{" "}
        <strong>{connection?.region}</strong>, {review.targets === 1 ? "gets a new deployment" : "get new deployments"}{" "}
        {review.waves.length > 1
          ? `in ${review.waves.length} waves. The first one has ${counted(review.waves[0]?.targets ?? 0, "device")}. ${gateSentences(review.draft.waves.gate, DEVICES).join(" ")}`
          : "at once."}
      </Box>
      <Box>
        {sandbox
          ? "Nothing real is touched: the sandbox is on this computer."
          : `This changes devices in the field. ${STOPPING[review.v2.way]}`}
      </Box>
    </Confirm>
  );
}
