import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";

import { type CutForm, MOST_WAVES, cutFault } from "./wavesForm";

const KINDS: { value: CutForm["by"]; label: string }[] = [
  { value: "count", label: "Number of groups" },
  { value: "percent", label: "Percent of all groups" },
  { value: "matching", label: "Groups with this text" },
];
const PLACEHOLDERS: Record<CutForm["by"], string> = {
  count: "For example: 5",
  percent: "For example: 10",
  matching: "Part of a name or id",
};

/** The sizes of the waves, one after the other; what they leave over is the last one. */
export function WaveCuts({ cuts, onChange }: { cuts: CutForm[]; onChange: (cuts: CutForm[]) => void }) {
  const replace = (at: number, more: Partial<CutForm>) =>
    onChange(cuts.map((cut, other) => (other === at ? { ...cut, ...more } : cut)));
  return (
    <div data-testid="waves-cuts">
      <AttributeEditor
        items={cuts}
        gridLayout={[{ rows: [[3, 3]], removeButton: { width: "auto" } }]}
        definition={[
          {
            label: "Wave",
            control: (cut, at) => (
              <Select
                selectedOption={KINDS.find(({ value }) => value === cut.by) ?? null}
                options={KINDS}
                onChange={({ detail }) => {
                  const by = KINDS.find(({ value }) => value === detail.selectedOption.value)?.value ?? cut.by;
                  replace(at, { by, text: by === "matching" || cut.by === "matching" ? "" : cut.text });
                }}
                ariaLabel={`What wave ${at + 1} takes`}
              />
            ),
          },
          {
            label: "How many, or which",
            errorText: cutFault,
            control: (cut, at) => (
              <Input
                value={cut.text}
                inputMode={cut.by === "matching" ? "text" : "decimal"}
                placeholder={PLACEHOLDERS[cut.by]}
                invalid={cutFault(cut) !== null}
                onChange={({ detail }) => replace(at, { text: detail.value })}
                spellcheck={false}
                ariaLabel={`Size of wave ${at + 1}`}
              />
            ),
          },
        ]}
        addButtonText="Add a wave"
        disableAddButton={cuts.length >= MOST_WAVES - 1}
        additionalInfo={
          cuts.length === 0
            ? "Without a wave all groups are deployed in one go."
            : `Wave ${cuts.length + 1} is the rest, if there is any.`
        }
        removeButtonText="Remove"
        removeButtonAriaLabel={() => "Remove this wave"}
        onAddButtonClick={() => onChange([...cuts, { by: "percent", text: cuts.length === 1 ? "10" : "40" }])}
        onRemoveButtonClick={({ detail }) => onChange(cuts.filter((_, at) => at !== detail.itemIndex))}
        empty="No wave yet."
        i18nStrings={{ errorIconAriaLabel: "Error", itemRemovedAriaLive: "The wave was removed." }}
      />
    </div>
  );
}
