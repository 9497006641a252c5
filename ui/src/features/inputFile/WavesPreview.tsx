import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { useDraftWriter } from "~/app/draft";
import { counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { WaveFiles } from "~/app/parts/WaveFiles";
import { GROUPS } from "~/app/targetWords";
import { useSettled } from "~/app/useSettled";
import { type Draft, ipc, keys } from "~/ipc";

const PAUSE_MILLIS = 400;

/** The very files that will be sent, one for each wave, as soon as the typing pauses. */
export function WavesPreview({ draft }: { draft: Draft }) {
  const { flush } = useDraftWriter();
  const { file } = draft;
  const due = file === null || file.stale;
  const present = JSON.stringify([draft.waves, file?.summary.sha256, draft.prefix, draft.plan]);
  const asked = useSettled(present, PAUSE_MILLIS);
  const preview = useQuery({
    queryKey: keys.waves(asked),
    queryFn: async () => {
      await flush();
      return ipc.wavesPreview();
    },
    enabled: !due && draft.waves.cuts.length > 0,
    placeholderData: keepPreviousData,
  });
  if (due) {
    return (
      <Box color="text-body-secondary" data-testid="waves-due">
        The waves are cut from the input file: make it, and they are shown here.
      </Box>
    );
  }
  if (preview.error) return <ProblemAlert error={preview.error} retry={() => void preview.refetch()} testId="waves-problem" />;
  const current = asked === present && !preview.isFetching;
  const { waves = [], findings = [] } = preview.data ?? {};
  return (
    <SpaceBetween size="s">
      <WaveFiles
        waves={waves}
        words={GROUPS}
        loading={preview.isPending}
        header={
          <Header variant="h3" counter={preview.data && `(${waves.length})`} description={current ? "The files as they will be sent" : "Cutting the plan anew…"}>
            Files of the waves
          </Header>
        }
      />
      {findings.length > 0 && (
        <Alert type="warning" header={counted(findings.length, "finding")} data-testid="waves-findings">
          <ul className="plain-list">
            {findings.map((finding) => (
              <li key={finding}>{finding}</li>
            ))}
          </ul>
        </Alert>
      )}
    </SpaceBetween>
  );
}
