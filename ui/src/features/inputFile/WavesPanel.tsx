import { useDraftWriter } from "~/app/draft";
import { GROUPS } from "~/app/targetWords";
import { WavesEditor } from "~/app/waveForm/WavesEditor";
import { useWizard } from "~/app/wizard";
import type { Draft } from "~/ipc";

import { WavesPreview } from "./WavesPreview";

/** Whether all groups are deployed at once, or in waves with a gate between them. */
export function WavesPanel({ draft }: { draft: Draft }) {
  const { change } = useDraftWriter();
  const { clearError } = useWizard();
  return (
    <WavesEditor
      plan={draft.plan}
      waves={draft.waves}
      words={GROUPS}
      once={{ short: "one input file, one bulk deployment", long: "All groups with one bulk deployment." }}
      inWaves="One after the other, each with its own input file; a gate decides whether the next one starts."
      onChange={(waves) => change({ waves })}
      onEdit={clearError}
      preview={<WavesPreview draft={draft} />}
    />
  );
}
