import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import type { ReactNode } from "react";

import { short } from "~/app/figures";
import { count, counted } from "~/app/format";
import { Time } from "~/app/parts/Time";
import { WAY_LABELS } from "~/app/RunWords";
import type { RunSnapshot, Wave } from "~/ipc";

function Copied({ text, what, shown }: { text: string; what: string; shown?: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      textToDisplay={shown ?? text}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText="Copied"
      copyErrorText="Not copied"
    />
  );
}

function Entry({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}

interface WaveDetailsProps {
  snapshot: RunSnapshot;
  wave: Wave;
}

/** What makes the deployments of a V2 wave, by the names and ids under which it is found in the account. */
function MadeBy({ snapshot, wave }: WaveDetailsProps) {
  const way = snapshot.v2?.way ?? "direct";
  const made = wave.bulkDeployment;
  return (
    <>
      <Entry name="Made by">
        {WAY_LABELS[way]}
        {way === "direct" && ", one call a device"}
      </Entry>
      {way === "step_functions" && (
        <Entry name="Execution">
          {made === null ? "not started" : <Copied text={made} what="the execution’s ARN" />}
        </Entry>
      )}
      {way === "thing_group" && (
        <>
          <Entry name="Deployment">{made === null ? "not made" : <Copied text={made} what="the deployment’s id" />}</Entry>
          {wave.thingGroup !== null && (
            <Entry name="Group">
              <Copied text={wave.thingGroup} what="the thing group’s name" />
            </Entry>
          )}
          {wave.job !== null && (
            <Entry name="Job">
              <Copied text={wave.job} what="the job’s id" />
            </Entry>
          )}
        </>
      )}
    </>
  );
}

/** All of a wave that does not fit into its row. */
export function WaveDetails({ snapshot, wave }: WaveDetailsProps) {
  const v2 = snapshot.row.generation === "v2";
  // Without a bucket the file has not left this computer.
  const sent = wave.inputFileUri !== "" && (!v2 || snapshot.v2?.way === "step_functions");
  return (
    <dl className="wave-details">
      {v2 ? (
        <MadeBy snapshot={snapshot} wave={wave} />
      ) : (
        <Entry name="Bulk deployment">
          {wave.bulkDeployment === null ? "not started" : <Copied text={wave.bulkDeployment} what="its id" />}
        </Entry>
      )}
      {(sent || !v2) && (
        <Entry name={v2 ? "File" : "Input file"}>{sent ? <Copied text={wave.inputFileUri} what="its URI" /> : "–"}</Entry>
      )}
      <Entry name="SHA-256">
        {wave.sha256 === "" ? "–" : <Copied text={wave.sha256} what="the hash" shown={short(wave.sha256, 24)} />}
      </Entry>
      <Entry name="Started">{wave.startedAt === null ? "–" : <Time millis={wave.startedAt} as="local" />}</Entry>
      <Entry name="Ended">{wave.endedAt === null ? "–" : <Time millis={wave.endedAt} as="local" />}</Entry>
      {v2 ? (
        <Entry name={snapshot.v2?.way === "thing_group" ? "Devices" : "Deployments"}>
          {count(wave.recordsProcessed)} {snapshot.v2?.way === "thing_group" ? "told" : "made"} ·{" "}
          {count(wave.invalidInputRecords)} refused
        </Entry>
      ) : (
        <Entry name="Attempted">
          {count(wave.recordsProcessed)} · {count(wave.invalidInputRecords)} invalid ·{" "}
          {counted(wave.retryAttempts, "retry", "retries")}
        </Entry>
      )}
    </dl>
  );
}
