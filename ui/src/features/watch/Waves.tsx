import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Popover from "@cloudscape-design/components/popover";
import Table from "@cloudscape-design/components/table";
import { Status } from "~/app/parts/Status";
import { Time } from "~/app/parts/Time";
import { short } from "~/app/figures";
import { count, counted } from "~/app/format";
import { BULK_STATUSES, WAVE_STATES } from "~/app/states";
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
function WaveDetails({ wave }: { wave: Wave }) {
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

function WaveStatus({ wave }: { wave: Wave }) {
  const word = wave.bulkStatus === "Failed" ? BULK_STATUSES.Failed : WAVE_STATES[wave.state];
  return (
    <>
      <Status word={word} />
      {wave.errors.map((error) => (
        <Box key={error} fontSize="body-s" color="text-status-error">
          <span className="wrap">{error}</span>
        </Box>
      ))}
    </>
  );
}

export function Waves({ waves }: { waves: readonly Wave[] }) {
  const only = waves.length === 1 ? waves[0] : undefined;
  return (
    <>
      <Table
        variant="embedded"
        data-testid="watch-waves"
        items={waves}
        trackBy={(wave) => String(wave.number)}
        wrapLines
        enableKeyboardNavigation
        ariaLabels={{ tableLabel: "Waves" }}
        empty={<Box textAlign="center">No wave yet.</Box>}
        columnDefinitions={[
          {
            id: "number",
            header: "Wave",
            isRowHeader: true,
            cell: (wave) =>
              only ? (
                String(wave.number)
              ) : (
                <Popover
                  header={`Wave ${wave.number}`}
                  content={<WaveDetails wave={wave} />}
                  size="large"
                  dismissAriaLabel="Close"
                  triggerType="text"
                >
                  {String(wave.number)}
                </Popover>
              ),
          },
          { id: "targets", header: "Groups", cell: (wave) => count(wave.targets) },
          { id: "succeeded", header: "Succeeded", cell: (wave) => count(wave.counts.succeeded) },
          { id: "failed", header: "Failed", cell: (wave) => count(wave.counts.failed) },
          { id: "state", header: "State", cell: (wave) => <WaveStatus wave={wave} />, minWidth: 120 },
        ]}
      />
      {only && <WaveDetails wave={only} />}
    </>
  );
}
