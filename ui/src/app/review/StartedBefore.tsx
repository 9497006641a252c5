import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { ipc, keys } from "~/ipc";

/** A plan that was opened from a file may have been started before; its run then has the plan's id. */
export function StartedBefore({ plan }: { plan: string }) {
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
