import "./target.css";

import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";

import { count } from "~/app/format";
import { StateLabel } from "~/app/StateLabel";
import { Words } from "~/app/Words";
import { type RunRow, type TargetRow, ipc, keys } from "~/ipc";

import { ErrorStack } from "./ErrorStack";
import { Given } from "./Given";
import { TargetHistory } from "./TargetHistory";
import { toldBy } from "./errorStack";
import { logCommands } from "./logCommands";

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
  const told = toldBy(target.details);
  const more = told.rest.filter((detail) => detail !== target.message && detail !== words);
  if (words === "" && target.details.length === 0) return <Box color="text-body-secondary">AWS has said nothing about it</Box>;
  return (
    <SpaceBetween size="xxs">
      {words !== "" && (
        <Words mono upTo={500}>
          {words}
        </Words>
      )}
      <ErrorStack stack={told.stack} types={told.types} />
      {more.map((detail) => (
        <Words key={detail} mono upTo={500}>
          {detail}
        </Words>
      ))}
    </SpaceBetween>
  );
}

/** The components whose logs tell most: those that the service names, or else all that the deployment has. */
function meant(target: TargetRow, components: readonly string[]): string[] {
  const named = components.filter((component) => target.message?.includes(component));
  return named.length > 0 ? named : components.filter((component) => !component.startsWith("aws.greengrass."));
}

/** Everything that is known of a target of a run. */
export function TargetShown({ row, target }: { row: RunRow; target: TargetRow }) {
  const v2 = row.generation === "v2";
  const given = useQuery({
    queryKey: keys.targetDocuments(row.id, target.target),
    queryFn: () => ipc.targetDocuments(row.id, target.target),
    enabled: v2,
  });
  const gets = given.data?.components.filter(({ version }) => version !== null) ?? [];
  const log = logCommands(row, target, meant(target, gets.map(({ component }) => component)));
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={2}
        items={[
          { label: "State", value: <StateLabel state={target.state} /> },
          { label: "Wave", value: count(target.wave) },
          ...(v2
            ? [{ label: "Thing name", value: <Copied text={target.target} what="the thing name" /> }]
            : [
                { label: "Group id", value: <Copied text={target.target} what="the group id" /> },
                { label: "Version", value: <Copied text={target.version} what="the version" /> },
              ]),
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
      {v2 && <Given documents={given.data} error={given.error} onRetry={() => void given.refetch()} />}
      {!v2 && target.line > 0 && (
        <div>
          <Box variant="awsui-key-label">Line {count(target.line)} of the input file</Box>
          <pre className="target-text" tabIndex={0} data-testid="target-line">
            {lineOf(target)}
          </pre>
        </div>
      )}
      <div>
        <Box variant="awsui-key-label">{v2 ? "To read its logs" : "To read its core’s log"}</Box>
        <pre className="target-text" tabIndex={0}>
          {log.trimEnd()}
        </pre>
        <CopyToClipboard textToCopy={log} copyButtonText="Copy the commands" copySuccessText="Copied" copyErrorText="Not copied" />
      </div>
      <TargetHistory run={row.id} target={target.target} />
    </SpaceBetween>
  );
}

