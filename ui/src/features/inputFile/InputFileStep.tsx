import Spinner from "@cloudscape-design/components/spinner";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { useDraft } from "~/app/draft";
import { ProblemAlert } from "~/app/parts/ProblemAlert";

import { FilePanel } from "./FilePanel";
import { Findings } from "./Findings";
import { FirstLines } from "./FirstLines";
import { Place } from "./Place";
import { WavesPanel } from "./WavesPanel";

export function InputFileStep() {
  const draft = useDraft();
  if (draft.error) return <ProblemAlert error={draft.error} retry={() => void draft.refetch()} />;
  if (!draft.data) return <Spinner size="large" />;
  const { file } = draft.data;
  return (
    <SpaceBetween size="m">
      <FilePanel draft={draft.data} />
      {file && file.summary.findings > 0 && <Findings summary={file.summary} />}
      {file && file.firstLines.length > 0 && <FirstLines file={file} />}
      <WavesPanel key={draft.data.plan} draft={draft.data} />
      <Place draft={draft.data} />
    </SpaceBetween>
  );
}
