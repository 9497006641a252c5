import AttributeEditor from "@cloudscape-design/components/attribute-editor";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";

import type { AbortFailure } from "~/ipc";

import { type AbortForm, countFault, percentFault } from "./jobForm";

const FAILURES: { value: AbortFailure; label: string }[] = [
  { value: "ALL", label: "Any failure" },
  { value: "FAILED", label: "Failed" },
  { value: "REJECTED", label: "Rejected" },
  { value: "TIMED_OUT", label: "Timed out" },
];

interface Props {
  aborts: AbortForm[];
  onChange: (aborts: AbortForm[]) => void;
}

/** When AWS IoT cancels the job by itself: any of these is enough. */
export function AbortCriteriaEditor({ aborts, onChange }: Props) {
  const replace = (at: number, more: Partial<AbortForm>) =>
    onChange(aborts.map((abort, other) => (other === at ? { ...abort, ...more } : abort)));
  return (
    <FormField label="When the job is cancelled by itself" description="Any of these is enough." stretch>
      <div data-testid="rollout-aborts">
        <AttributeEditor
          items={aborts}
          gridLayout={[{ rows: [[2, 2, 2]], removeButton: { width: "auto" } }]}
          definition={[
            {
              label: "Which",
              control: ({ failure }, at) => (
                <Select
                  selectedOption={FAILURES.find(({ value }) => value === failure) ?? null}
                  options={FAILURES}
                  ariaLabel={`Which failures count for abort ${at + 1}`}
                  onChange={({ detail }) => {
                    const chosen = FAILURES.find(({ value }) => value === detail.selectedOption.value);
                    if (chosen) replace(at, { failure: chosen.value });
                  }}
                />
              ),
            },
            {
              label: "Percent of them",
              errorText: ({ percent }) => percentFault(percent),
              control: ({ percent }, at) => (
                <Input
                  value={percent}
                  inputMode="decimal"
                  invalid={percentFault(percent) !== null}
                  ariaLabel={`Percent of abort ${at + 1}`}
                  onChange={({ detail }) => replace(at, { percent: detail.value })}
                />
              ),
            },
            {
              label: "Once so many have it",
              errorText: ({ least }) => countFault(least),
              control: ({ least }, at) => (
                <Input
                  value={least}
                  inputMode="numeric"
                  invalid={countFault(least) !== null}
                  ariaLabel={`Devices before abort ${at + 1} counts`}
                  onChange={({ detail }) => replace(at, { least: detail.value })}
                />
              ),
            },
          ]}
          addButtonText="Add an abort"
          removeButtonText="Remove"
          removeButtonAriaLabel={() => "Remove this abort"}
          onAddButtonClick={() => onChange([...aborts, { failure: "ALL", percent: "10", least: "10" }])}
          onRemoveButtonClick={({ detail }) => onChange(aborts.filter((_, at) => at !== detail.itemIndex))}
          empty="It is not cancelled by itself."
          i18nStrings={{ errorIconAriaLabel: "Error", itemRemovedAriaLive: "The abort was removed." }}
        />
      </div>
    </FormField>
  );
}
