import Box from "@cloudscape-design/components/box";
import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { TargetWords } from "~/app/targetWords";

import { type LimitForm, type WavesForm, limitFault, seedFault } from "./wavesForm";

function units({ many }: TargetWords): { value: LimitForm["by"]; label: string }[] {
  return [
    { value: "percent", label: "percent" },
    { value: "count", label: many },
  ];
}

interface LimitFieldProps {
  label: string;
  limit: LimitForm;
  words: TargetWords;
  onChange: (limit: LimitForm) => void;
}

function LimitField({ label, limit, words, onChange }: LimitFieldProps) {
  const choices = units(words);
  return (
    <SpaceBetween size="xxs">
      <Checkbox checked={limit.on} onChange={({ detail }) => onChange({ ...limit, on: detail.checked })}>
        {label}
      </Checkbox>
      <FormField errorText={limitFault(limit)} i18nStrings={{ errorIconAriaLabel: "Error" }}>
        <div className="limit-field">
          <Input
            value={limit.text}
            disabled={!limit.on}
            inputMode="decimal"
            invalid={limitFault(limit) !== null}
            onChange={({ detail }) => onChange({ ...limit, text: detail.value })}
            ariaLabel={label}
          />
          <Select
            selectedOption={choices.find(({ value }) => value === limit.by) ?? null}
            options={choices}
            disabled={!limit.on}
            onChange={({ detail }) =>
              onChange({ ...limit, by: detail.selectedOption.value === "count" ? "count" : "percent" })
            }
            ariaLabel={`${label}: counted in`}
          />
        </div>
      </FormField>
    </SpaceBetween>
  );
}

interface WaveGateProps {
  form: WavesForm;
  words: TargetWords;
  onChange: (more: Partial<WavesForm>) => void;
}

/** What has to be so before the next wave starts, and in which order waves are filled. */
export function WaveGate({ form, words, onChange }: WaveGateProps) {
  return (
    <ColumnLayout columns={3}>
      <SpaceBetween size="s">
        <div>
          <Box variant="awsui-key-label">Gate</Box>
          <Box fontSize="body-s" color="text-body-secondary">
            Failed and unknown {words.many} count alike.
          </Box>
        </div>
        <LimitField label="Failed of a wave, at most" limit={form.wave} words={words} onChange={(wave) => onChange({ wave })} />
        <LimitField label="Failed of all, at most" limit={form.all} words={words} onChange={(all) => onChange({ all })} />
      </SpaceBetween>
      <SpaceBetween size="s">
        <FormField label="When it is more" description="Looked at once a wave has settled.">
          <RadioGroup
            value={form.then}
            items={[
              { value: "hold", label: "Hold, and wait for me" },
              { value: "abort", label: "Abort: start no further wave" },
            ]}
            onChange={({ detail }) => onChange({ then: detail.value === "abort" ? "abort" : "hold" })}
            data-testid="waves-then"
          />
        </FormField>
        <Checkbox
          checked={form.holdAfterEach}
          onChange={({ detail }) => onChange({ holdAfterEach: detail.checked })}
          data-testid="waves-hold-each"
        >
          Hold after each wave, however well it went
        </Checkbox>
      </SpaceBetween>
      <SpaceBetween size="s">
        <FormField label={`Which ${words.many} come first`} description="For waves of a number or a percentage.">
          <RadioGroup
            value={form.random ? "random" : "listed"}
            items={[
              { value: "listed", label: "As the plan lists them" },
              { value: "random", label: "By chance; the same seed gives the same waves" },
            ]}
            onChange={({ detail }) => onChange({ random: detail.value === "random" })}
            data-testid="waves-order"
          />
        </FormField>
        <FormField label="Seed" errorText={seedFault(form)} i18nStrings={{ errorIconAriaLabel: "Error" }}>
          <Input
            value={form.seed}
            disabled={!form.random}
            inputMode="numeric"
            onChange={({ detail }) => onChange({ seed: detail.value })}
            ariaLabel="Seed"
          />
        </FormField>
      </SpaceBetween>
    </ColumnLayout>
  );
}
