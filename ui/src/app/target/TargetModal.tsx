import "./target.css";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate } from "react-router";

import { short } from "~/app/figures";
import { count } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { StateLabel } from "~/app/StateLabel";
import { Words } from "~/app/Words";
import { type RunRow, type TargetRow, ipc, keys } from "~/ipc";

import { coreLogCommands } from "./coreLog";
import { TargetHistory } from "./TargetHistory";

function Copied({ text, what }: { text: string; what: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText="Copied"
      copyErrorText="Not copied"
    />
  );
}

/** The record as the input file has it. */
function lineOf(target: TargetRow): string {
  return JSON.stringify({ GroupId: target.target, GroupVersionId: target.version, DeploymentType: "NewDeployment" });
}

function Said({ target }: { target: TargetRow }) {
  const words = [target.code, target.message].filter(Boolean).join(": ");
  const more = target.details.filter((detail) => detail !== target.message && detail !== words);
  if (words === "" && more.length === 0) return <Box color="text-body-secondary">AWS has said nothing about it</Box>;
  return (
    <SpaceBetween size="xxs">
      {words !== "" && (
        <Words mono upTo={500}>
          {words}
        </Words>
      )}
      {more.map((detail) => (
        <Words key={detail} mono upTo={500}>
          {detail}
        </Words>
      ))}
    </SpaceBetween>
  );
}

function Shown({ row, target }: { row: RunRow; target: TargetRow }) {
  const name = target.name ?? target.target;
  const log = coreLogCommands(name, target.deployment, row);
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={2}
        items={[
          { label: "State", value: <StateLabel state={target.state} /> },
          { label: "Wave", value: count(target.wave) },
          { label: "Group id", value: <Copied text={target.target} what="the group id" /> },
          { label: "Version", value: <Copied text={target.version} what="the version" /> },
          {
            label: "Deployment",
            value: target.deployment === null ? "none" : <Copied text={target.deployment} what="the deployment id" />,
          },
          { label: "Before this run", value: target.before === null ? "not seen" : <StateLabel state={target.before} /> },
        ]}
      />
      <div>
        <Box variant="awsui-key-label">In the service’s words</Box>
        <Said target={target} />
      </div>
      {target.line > 0 && (
        <div>
          <Box variant="awsui-key-label">Line {count(target.line)} of the input file</Box>
          <pre className="target-text" tabIndex={0} data-testid="target-line">
            {lineOf(target)}
          </pre>
        </div>
      )}
      <div>
        <Box variant="awsui-key-label">To read its core’s log</Box>
        <pre className="target-text" tabIndex={0}>
          {log.trimEnd()}
        </pre>
        <CopyToClipboard textToCopy={log} copyButtonText="Copy the commands" copySuccessText="Copied" copyErrorText="Not copied" />
      </div>
      <TargetHistory run={row.id} target={target.target} />
    </SpaceBetween>
  );
}

interface TargetModalProps {
  row: RunRow;
  target: string;
  onDismiss: () => void;
  onRetry?: (target: string) => void;
}

/** Everything about one target of a run, and the ways on: its cell on the fleet map, the group, a retry. */
export function TargetModal({ row, target, onDismiss, onRetry }: TargetModalProps) {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const asked = { state: null, cause: null, text: target, offset: 0, limit: 1 };
  const query = useQuery({ queryKey: keys.runTargets(row.id, asked), queryFn: () => ipc.runTargets(row.id, asked) });
  const found = query.data?.rows[0];
  const key = found?.cause ?? null;
  const causes = `/runs/${encodeURIComponent(row.id)}/causes`;
  // Among the causes already, its cause is a step back.
  const cause = key === null || pathname === causes ? null : `${causes}?cause=${encodeURIComponent(key)}`;
  const onMap = `/runs/${encodeURIComponent(row.id)}?target=${encodeURIComponent(target)}`;
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
              <Button onClick={() => void navigate(`/new/groups?find=${encodeURIComponent(target)}`)}>Show in Groups</Button>
            )}
            {row.here && onRetry && (
              <Button variant="primary" onClick={() => onRetry(target)} data-testid="target-retry">
                Retry this group…
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
            <Spinner size="large" /> Reading the group
          </Box>
        )}
        {query.data !== undefined && found === undefined && <Box>This run has no such group.</Box>}
        {found !== undefined && <Shown row={row} target={found} />}
      </div>
    </Modal>
  );
}
