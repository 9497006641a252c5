import ColumnLayout from "@cloudscape-design/components/column-layout";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";

import type { Scenario } from "~/ipc";

import type { ConnectForm, FormErrors } from "./form";

interface Props {
  form: ConnectForm;
  errors: FormErrors;
  scenarios: readonly Scenario[];
  onChange: (change: Partial<ConnectForm>) => void;
}

export function SandboxForm({ form, errors, scenarios, onChange }: Props) {
  return (
    <SpaceBetween size="m">
      <FormField label="Scenario" description="What happens to the fleet when it is deployed to" stretch>
        <Tiles
          value={form.scenario}
          onChange={({ detail }) => onChange({ scenario: detail.value })}
          columns={3}
          items={scenarios.map(({ id, title, description }) => ({ value: id, label: title, description }))}
          ariaLabel="Scenario"
          data-testid="connect-scenario"
        />
      </FormField>
      <FormField label="Fleet size" description="Groups, and as many core devices, up to 700,000" errorText={errors.groups}>
        <Input
          value={form.groups}
          onChange={({ detail }) => onChange({ groups: detail.value })}
          inputMode="numeric"
          ariaLabel="Fleet size"
          data-testid="connect-groups"
        />
      </FormField>
      <ExpandableSection headerText="More" defaultExpanded={Boolean(errors.seed ?? errors.speed)}>
        <ColumnLayout columns={2}>
          <FormField label="Seed" description="The same seed draws the same fleet and the same fortunes" errorText={errors.seed}>
            <Input
              value={form.seed}
              onChange={({ detail }) => onChange({ seed: detail.value })}
              inputMode="numeric"
              ariaLabel="Seed"
            />
          </FormField>
          <FormField label="Speed" description="Simulated seconds in each second" errorText={errors.speed}>
            <Input
              value={form.speed}
              onChange={({ detail }) => onChange({ speed: detail.value })}
              inputMode="decimal"
              ariaLabel="Speed"
            />
          </FormField>
        </ColumnLayout>
      </ExpandableSection>
    </SpaceBetween>
  );
}
