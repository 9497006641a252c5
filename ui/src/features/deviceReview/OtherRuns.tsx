import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useNavigate } from "react-router";

import { Confirm } from "~/app/Confirm";
import { RUN_STATES } from "~/app/states";
import { DEVICES, countedTargets } from "~/app/targetWords";
import { type OtherRun, ipc, keys } from "~/ipc";

function InTheWay({ other }: { other: OtherRun }) {
  const { run, name, state, toCome, atWork } = other;
  const client = useQueryClient();
  const navigate = useNavigate();
  const [asking, setAsking] = useState(false);
  const stop = useMutation({
    mutationFn: () => ipc.runStop(run),
    onSuccess: () => {
      setAsking(false);
      void client.invalidateQueries({ queryKey: keys.deviceReview });
    },
  });
  const stopping = state === "stopping";
  return (
    <>
      <Alert
        type="warning"
        header={`The run ${name === "" ? run : name} has some of these devices`}
        data-testid="review-other"
        action={
          stopping ? undefined : (
            <Button onClick={() => setAsking(true)} data-testid="review-other-stop">
              Stop it…
            </Button>
          )
        }
      >
        <SpaceBetween size="xxs">
          <div>
            {RUN_STATES[state].label}. It has not deployed yet to {countedTargets(toCome, DEVICES)} of this plan
            {atWork > 0 && `, and ${countedTargets(atWork, DEVICES)} work on what it has deployed`}.{" "}
            {stopping
              ? "It is being stopped: check again when it has ended."
              : "It has to end before this plan can start: let it go on, or stop it."}
          </div>
          <Link onFollow={() => void navigate(`/runs/${encodeURIComponent(run)}`)} data-testid="review-other-watch">
            Open the run
          </Link>
        </SpaceBetween>
      </Alert>
      {asking && (
        <Confirm
          title="Stop the other run?"
          confirm="Stop the run"
          testid="review-other-confirm"
          busy={stop.isPending}
          error={stop.error}
          onConfirm={() => stop.mutate()}
          onDismiss={() => setAsking(false)}
        >
          <Box>
            <span className="wrap">{name === "" ? run : name}</span> makes no further deployments then; the devices that it
            has not reached stay waiting. What was made goes on, and nothing is rolled back.
          </Box>
          <Box>A stopped run cannot go on. Its devices can be deployed with a new plan, such as this one.</Box>
        </Confirm>
      )}
    </>
  );
}

/** Runs that have not ended and would deploy to the same devices: each can be opened and stopped from here. */
export function OtherRuns({ others }: { others: readonly OtherRun[] }) {
  const inTheWay = others.filter(({ toCome }) => toCome > 0);
  if (inTheWay.length === 0) return null;
  return (
    <SpaceBetween size="s">
      {inTheWay.map((other) => (
        <InTheWay key={other.run} other={other} />
      ))}
    </SpaceBetween>
  );
}
