import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import RadioGroup from "@cloudscape-design/components/radio-group";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { AbortCriteriaEditor } from "./AbortCriteriaEditor";
import { type RolloutForm, countFault, factorFault, perMinuteFault, timeoutFault } from "./jobForm";

const ERROR = { errorIconAriaLabel: "Error" };
const AFTER = [
  { value: "notified", label: "devices are told" },
  { value: "succeeded", label: "devices succeeded" },
];

interface SettingsProps {
  form: RolloutForm;
  onEdit: (more: Partial<RolloutForm>) => void;
}

interface NumberFieldProps {
  label: string;
  value: string;
  fault: string | null;
  description?: string;
  placeholder?: string;
  onChange: (value: string) => void;
}

function NumberField({ label, value, fault, description, placeholder, onChange }: NumberFieldProps) {
  return (
    <FormField label={label} description={description} errorText={fault} i18nStrings={ERROR}>
      <Input
        value={value}
        inputMode="decimal"
        placeholder={placeholder}
        invalid={fault !== null}
        ariaLabel={label}
        onChange={({ detail }) => onChange(detail.value)}
      />
    </FormField>
  );
}

function Growing({ form, onEdit }: SettingsProps) {
  return (
    <ColumnLayout columns={3}>
      <NumberField
        label="Devices a minute to begin with"
        value={form.base}
        fault={perMinuteFault(form.base)}
        onChange={(base) => onEdit({ base })}
      />
      <NumberField
        label="Grows by the factor"
        value={form.factor}
        fault={factorFault(form.factor)}
        onChange={(factor) => onEdit({ factor })}
      />
      <FormField label="Each time after" errorText={countFault(form.growCount)} i18nStrings={ERROR}>
        <div className="grow-after">
          <Input
            value={form.growCount}
            inputMode="numeric"
            ariaLabel="After how many devices the rate grows"
            onChange={({ detail }) => onEdit({ growCount: detail.value })}
          />
          <Select
            selectedOption={AFTER.find(({ value }) => value === form.growAfter) ?? null}
            options={AFTER}
            ariaLabel="What is counted before the rate grows"
            onChange={({ detail }) =>
              onEdit({ growAfter: detail.selectedOption.value === "succeeded" ? "succeeded" : "notified" })
            }
          />
        </div>
      </FormField>
    </ColumnLayout>
  );
}

/** How AWS IoT rolls the deployment out to a wave's thing group: rate, abort, timeout. */
export function GroupSettings({ form, onEdit }: SettingsProps) {
  return (
    <Container
      header={
        <Header variant="h2" description="The job behind a thing group’s deployment has its own rate and its own abort, beside the gate of the waves.">
          The thing group’s job
        </Header>
      }
    >
      <SpaceBetween size="l">
        <FormField label="How fast devices are told" stretch>
          <SpaceBetween size="s">
            <RadioGroup
              value={form.rate}
              items={[
                { value: "any", label: "As fast as AWS IoT does" },
                { value: "constant", label: "At most so many a minute" },
                { value: "growing", label: "Slowly first, then faster" },
              ]}
              onChange={({ detail }) =>
                onEdit({ rate: detail.value === "constant" || detail.value === "growing" ? detail.value : "any" })
              }
              data-testid="rollout-rate"
            />
            {form.rate === "growing" && <Growing form={form} onEdit={onEdit} />}
            {form.rate !== "any" && (
              <ColumnLayout columns={3}>
                <NumberField
                  label="Devices a minute at most"
                  value={form.perMinute}
                  fault={perMinuteFault(form.perMinute)}
                  onChange={(perMinute) => onEdit({ perMinute })}
                />
              </ColumnLayout>
            )}
          </SpaceBetween>
        </FormField>
        <AbortCriteriaEditor aborts={form.aborts} onChange={(aborts) => onEdit({ aborts })} />
        <ColumnLayout columns={3}>
          <NumberField
            label="Minutes for each device"
            description="Then its job ends as timed out; empty for no limit."
            value={form.timeout}
            placeholder="No limit"
            fault={timeoutFault(form)}
            onChange={(timeout) => onEdit({ timeout })}
          />
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}
