import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import { useMutation } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { useRunWords } from "~/app/RunWords";
import { firstUpper } from "~/app/targetWords";
import { type ExportForm, ipc } from "~/ipc";

type Item = { id: ExportForm; text: string; description?: string };

const LISTS = (csv: ExportForm, json: ExportForm): Item[] => [
  { id: csv, text: "CSV" },
  { id: json, text: "JSON lines" },
];

const formsOf = (targets: string): { text: string; items: Item[] }[] => [
  {
    text: "The whole run",
    items: [
      { id: "html", text: "HTML report", description: "Figures, charts and causes in one file that opens without network" },
      { id: "plan", text: "Plan", description: "To start the same again, here or from the command line" },
    ],
  },
  { text: targets, items: LISTS("targets_csv", "targets_json") },
  { text: "Causes", items: LISTS("causes_csv", "causes_json") },
  { text: "Change log", items: LISTS("changes_csv", "changes_json") },
  {
    text: "EventBridge rule for status changes",
    items: [
      { id: "events_cloud_formation", text: "CloudFormation", description: "With a topic that is told" },
      { id: "events_cli", text: "AWS CLI", description: "For a topic that is there" },
    ],
  },
];

interface ReportsMenuProps {
  run: string;
  testid: string;
  /** Only these forms, as a button of their own. */
  only?: readonly ExportForm[];
  text?: string;
}

/** Saves a run, or a part of it, where the user says. */
export function ReportsMenu({ run, testid, only, text = "Export" }: ReportsMenuProps) {
  const { problem, success } = useFlash();
  const save = useMutation({
    mutationFn: (form: ExportForm) => ipc.runExport(run, form),
    onSuccess: (path) => {
      if (path !== null) success(`Exported to ${path}`);
    },
    onError: (error) => problem(error),
  });
  const forms = formsOf(firstUpper(useRunWords().many));
  const items = only ? forms.flatMap((group) => group.items).filter(({ id }) => only.includes(id)) : forms;
  return (
    <ButtonDropdown
      items={items}
      loading={save.isPending}
      onItemClick={({ detail }) => save.mutate(detail.id as ExportForm)}
      data-testid={testid}
    >
      {text}
    </ButtonDropdown>
  );
}
