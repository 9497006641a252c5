import Alert from "@cloudscape-design/components/alert";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useState } from "react";

import { useDeviceDraft } from "~/app/draft";
import { ProblemAlert } from "~/app/parts/ProblemAlert";

import { Layers } from "./Layers";
import { PublishModal } from "./PublishModal";
import { RowsPanel } from "./RowsPanel";

export function ComponentsStep() {
  const draft = useDeviceDraft();
  const [publishing, setPublishing] = useState(false);
  if (draft.error) return <ProblemAlert error={draft.error} retry={() => void draft.refetch()} />;
  if (!draft.data) return <Spinner size="large" />;
  return (
    <SpaceBetween size="m">
      {draft.data.fixed && (
        <Alert type="info" data-testid="components-fixed">
          This plan has a whole document for each of its devices. What is said here is put over them; nothing has to be.
        </Alert>
      )}
      <Layers draft={draft.data} onPublish={() => setPublishing(true)} />
      <RowsPanel draft={draft.data} />
      {publishing && <PublishModal draft={draft.data} onDismiss={() => setPublishing(false)} />}
    </SpaceBetween>
  );
}
