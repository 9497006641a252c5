import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

import { short } from "~/app/figures";
import { count, counted } from "~/app/format";
import { Time } from "~/app/parts/Time";
import type { Wave } from "~/ipc";

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

/** All of a wave that does not fit into its row. */
export function WaveDetails({ wave }: { wave: Wave }) {
  return (
    <dl className="wave-details">
      <dt>Bulk deployment</dt>
      <dd>{wave.bulkDeployment === null ? "not started" : <Copied text={wave.bulkDeployment} what="its id" />}</dd>
      <dt>Input file</dt>
      <dd>{wave.inputFileUri === "" ? "–" : <Copied text={wave.inputFileUri} what="its URI" />}</dd>
      <dt>SHA-256</dt>
      <dd>{wave.sha256 === "" ? "–" : <Copied text={wave.sha256} what="the hash" shown={short(wave.sha256, 24)} />}</dd>
      <dt>Started</dt>
      <dd>{wave.startedAt === null ? "–" : <Time millis={wave.startedAt} as="local" />}</dd>
      <dt>Ended</dt>
      <dd>{wave.endedAt === null ? "–" : <Time millis={wave.endedAt} as="local" />}</dd>
      <dt>Attempted</dt>
      <dd>
        {count(wave.recordsProcessed)} · {count(wave.invalidInputRecords)} invalid ·{" "}
        {counted(wave.retryAttempts, "retry", "retries")}
      </dd>
    </dl>
  );
}
