import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { Confirm } from "~/app/Confirm";
import { Working } from "~/app/parts/Working";
import { Mono } from "~/app/parts/Mono";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Time } from "~/app/parts/Time";
import { BULK_STATUSES } from "~/app/states";
import { type OtherBulkDeployment, ipc, isProblem, keys, useJob } from "~/ipc";

/** The service's own text where it is no time that we can read. */
function Created({ at }: { at: string | null }) {
  if (at === null) return null;
  const millis = Date.parse(at);
  return <> · created {Number.isNaN(millis) ? at : <Time millis={millis} />}</>;
}

/** Only one bulk deployment of an account runs at a time: this one stands in the way, and can be stopped. */
export function OtherBulk({ other }: { other: OtherBulkDeployment }) {
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const stop = useMutation({
    mutationFn: () => ipc.otherStop(other.id),
    onSuccess: (review) => client.setQueryData(keys.review, review),
  });
  const job = useJob("stop_other", stop.isPending);
  const { run } = other;
  return (
    <>
      <Alert
        type="warning"
        header="Another bulk deployment is running"
        data-testid="review-other"
        action={
          <Button onClick={() => setAsking(true)} disabled={stop.isPending} data-testid="review-other-stop">
            Stop it and wait…
          </Button>
        }
      >
        <SpaceBetween size="xxs">
          <div>
            <Mono>{other.id}</Mono> · {BULK_STATUSES[other.status].label}
            <Created at={other.createdAt} />. AWS runs one bulk deployment of an account at a time, so this one has to
            end before yours can start.
          </div>
          {run !== null && (
            <div>
              It belongs to a run of Overseed:{" "}
              <Link onFollow={() => void navigate(`/runs/${encodeURIComponent(run)}`)}>watch run {run}</Link>
            </div>
          )}
          {stop.isPending && job?.state === "running" && <Working job={job} />}
        </SpaceBetween>
      </Alert>
      {stop.error && !isProblem(stop.error, "cancelled") && (
        <ProblemAlert error={stop.error} testId="review-other-problem" />
      )}
      {asking && (
        <Confirm
          title="Stop the other bulk deployment?"
          confirm="Stop it and wait"
          testid="review-other-confirm"
          onDismiss={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            stop.mutate();
          }}
        >
          <Box>
            <Mono>{other.id}</Mono> will be stopped, whoever started it. Stopping neither rolls back deployments that
            have succeeded nor cancels those that are pending: they go on by themselves.
          </Box>
          <Box>Overseed then waits until AWS says Stopped. You can stop waiting at any time.</Box>
        </Confirm>
      )}
    </>
  );
}
