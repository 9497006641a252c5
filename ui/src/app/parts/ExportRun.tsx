import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useMutation } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { type ExportForm, ipc } from "~/ipc";

const FORMS: Record<ExportForm, string> = { csv: "CSV", json: "JSON" };

/** Saves the targets of a run where the user says. */
export function ExportRun({ run, testid }: { run: string; testid: string }) {
  const { problem, success } = useFlash();
  const save = useMutation({
    mutationFn: (form: ExportForm) => ipc.runExport(run, form),
    onSuccess: (path) => {
      if (path !== null) success(`Exported to ${path}`);
    },
    onError: (error) => problem(error),
  });
  return (
    <ButtonDropdown
      items={Object.entries(FORMS).map(([id, text]) => ({ id, text }))}
      loading={save.isPending}
      onItemClick={({ detail }) => save.mutate(detail.id as ExportForm)}
      data-testid={testid}
    >
      Export
    </ButtonDropdown>
  );
}
