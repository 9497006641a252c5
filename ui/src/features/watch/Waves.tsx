import Box from "@cloudscape-design/components/box";
import Table from "@cloudscape-design/components/table";

import { count } from "~/app/format";
import { Status } from "~/app/parts/Status";
import { BULK_STATUSES, WAVE_STATES } from "~/app/states";
import { useRunWords } from "~/app/RunWords";
import { firstUpper } from "~/app/targetWords";
import type { RunSnapshot, Wave } from "~/ipc";

import { WaveDetails } from "./WaveDetails";
import { WaveErrors } from "./WaveErrors";
import { WaveTimeline } from "./WaveTimeline";

function WaveStatus({ snapshot, wave }: { snapshot: RunSnapshot; wave: Wave }) {
  const word = wave.bulkStatus === "Failed" ? BULK_STATUSES.Failed : WAVE_STATES[wave.state];
  return (
    <>
      <Status word={word} />
      <WaveErrors snapshot={snapshot} wave={wave} />
    </>
  );
}

/** Below each other: a column more would not leave the state its place. */
function Failed({ counts }: { counts: Wave["counts"] }) {
  return (
    <>
      {count(counts.failed)}
      {counts.unknown > 0 && (
        <Box fontSize="body-s" color="text-body-secondary">
          {count(counts.unknown)} unknown
        </Box>
      )}
    </>
  );
}

/** The only wave in a line with all its details, or several one after the other with what stands between them. */
export function Waves({ snapshot }: { snapshot: RunSnapshot }) {
  const words = useRunWords();
  const { waves } = snapshot;
  if (waves.length > 1) return <WaveTimeline snapshot={snapshot} />;
  const only = waves[0];
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
          { id: "number", header: "Wave", isRowHeader: true, cell: (wave) => String(wave.number) },
          { id: "targets", header: firstUpper(words.many), cell: (wave) => count(wave.targets) },
          { id: "succeeded", header: "Succeeded", cell: (wave) => count(wave.counts.succeeded) },
          { id: "failed", header: "Failed", cell: (wave) => <Failed counts={wave.counts} /> },
          { id: "state", header: "State", cell: (wave) => <WaveStatus snapshot={snapshot} wave={wave} />, minWidth: 120 },
        ]}
      />
      {only && <WaveDetails snapshot={snapshot} wave={only} />}
    </>
  );
}
