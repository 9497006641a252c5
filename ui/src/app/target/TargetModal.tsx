import "./target.css";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate } from "react-router";

import { short } from "~/app/figures";
import { useGeneration } from "~/app/generation";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { targetWordsOf } from "~/app/RunWords";
import { type RunRow, ipc, keys } from "~/ipc";

import { TargetShown } from "./TargetShown";


interface TargetModalProps {
  row: RunRow;
  target: string;
  onDismiss: () => void;
  onRetry?: (target: string) => void;
}

/** Everything about one target of a run, and the ways on: its cell on the fleet map, the group, a retry. */
export function TargetModal({ row, target, onDismiss, onRetry }: TargetModalProps) {
  const words = targetWordsOf(row.generation);
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const asked = { target, offset: 0, limit: 1 };
  const query = useQuery({ queryKey: keys.runTargets(row.id, asked), queryFn: () => ipc.runTargets(row.id, asked) });
  const found = query.data?.rows[0];
  const key = found?.cause ?? null;
  const causes = `/runs/${encodeURIComponent(row.id)}/causes`;
  // Among the causes already, its cause is a step back.
  const cause = key === null || pathname === causes ? null : `${causes}?cause=${encodeURIComponent(key)}`;
  const onMap = `/runs/${encodeURIComponent(row.id)}?target=${encodeURIComponent(target)}`;
  const { choose } = useGeneration();
  const showInStep = async () => {
    await choose(row.generation);
    const step = row.generation === "v2" ? "devices" : "groups";
    void navigate(`/new/${step}?find=${encodeURIComponent(target)}`);
  };
  return (
    <Modal
      visible
      size="large"
      header={found?.name ?? short(target, 18)}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      data-testid="target"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button onClick={() => void navigate(onMap)} data-testid="target-map">
              Show on fleet map
            </Button>
            {cause !== null && (
              <Button onClick={() => void navigate(cause)} data-testid="target-cause">
                Show its cause
              </Button>
            )}
            {row.here && (
              <Button onClick={() => void showInStep()} data-testid="target-step">
                {row.generation === "v2" ? "Show in Devices" : "Show in Groups"}
              </Button>
            )}
            {row.here && onRetry && (
              <Button variant="primary" onClick={() => onRetry(target)} data-testid="target-retry">
                Retry this {words.one}…
              </Button>
            )}
          </SpaceBetween>
        </Box>
      }
    >
      <div className="target-room">
        {query.isError && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
        {query.isPending && (
          <Box textAlign="center" padding="xl">
            <Spinner size="large" /> Reading the {words.one}
          </Box>
        )}
        {query.data !== undefined && found === undefined && <Box>This run has no such {words.one}.</Box>}
        {found !== undefined && <TargetShown row={row} target={found} />}
      </div>
    </Modal>
  );
}
