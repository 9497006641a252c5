import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";

import { type TargetWords, firstUpper } from "~/app/targetWords";

import { type CutForm, MOST_WAVES, cutFault } from "./wavesForm";

function kinds({ many }: TargetWords): { value: CutForm["by"]; label: string }[] {
  return [
    { value: "count", label: `Number of ${many}` },
    { value: "percent", label: `Percent of all ${many}` },
    { value: "matching", label: `${firstUpper(many)} with this text` },
  ];
}

const PLACEHOLDERS: Record<CutForm["by"], string> = {
  count: "For example: 5",
  percent: "For example: 10",
  matching: "Part of a name or id",
};

interface WaveCutsProps {
  cuts: CutForm[];
  words: TargetWords;
  onChange: (cuts: CutForm[]) => void;
}

/** The sizes of the waves, one after the other; what they leave over is the last one. */
export function WaveCuts({ cuts, words, onChange }: WaveCutsProps) {
  const choices = kinds(words);
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
                selectedOption={choices.find(({ value }) => value === cut.by) ?? null}
                options={choices}
                onChange={({ detail }) => {
                  const by = choices.find(({ value }) => value === detail.selectedOption.value)?.value ?? cut.by;
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
            ? `Without a wave all ${words.many} are deployed in one go.`
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
