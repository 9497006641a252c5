import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { ComponentForm, FormFaults } from "./componentForm";
import { JsonField } from "./JsonField";

interface Props {
  form: ComponentForm;
  faults: FormFaults;
  onChange: (more: Partial<ComponentForm>) => void;
}

const WORDS = { errorIconAriaLabel: "Error" };

/** What is seldom wanted: going back to defaults, and whom the component runs as. */
export function MoreFields({ form, faults, onChange }: Props) {
  const { reset, resetAll, wherePresent, posixUser, windowsUser, cpus, memory } = form;
  const used = resetAll || [reset, posixUser, windowsUser, cpus, memory].some((text) => text.trim() !== "") || wherePresent;
  return (
    <ExpandableSection
      headerText="Reset, user and limits"
      headerDescription="Seldom needed"
      variant="footer"
      defaultExpanded={used}
      data-testid="component-more"
    >
      <SpaceBetween size="m">
        <Checkbox checked={wherePresent} onChange={({ detail }) => onChange({ wherePresent: detail.checked })}>
          Only on devices that have the component already
        </Checkbox>
        <SpaceBetween size="xs">
          <Checkbox checked={resetAll} onChange={({ detail }) => onChange({ resetAll: detail.checked })}>
            Reset the whole configuration to its defaults, then merge
          </Checkbox>
          <JsonField
            label="Paths to reset"
            description="JSON pointers, one in a line: these go back to their defaults before the rest is merged."
            value={resetAll ? "" : reset}
            onChange={(text) => onChange({ reset: text })}
            errorText={faults.reset}
            rows={2}
            disabled={resetAll}
            placeholder="/network/port"
            testId="component-reset"
          />
        </SpaceBetween>
        <ColumnLayout columns={4}>
          <FormField label="User on Linux" description="user or user:group">
            <Input value={posixUser} onChange={({ detail }) => onChange({ posixUser: detail.value })} placeholder="ggc_user" />
          </FormField>
          <FormField label="User on Windows" description="an account there">
            <Input value={windowsUser} onChange={({ detail }) => onChange({ windowsUser: detail.value })} />
          </FormField>
          <FormField label="Processor cores" description="on Linux, at most" errorText={faults.cpus} i18nStrings={WORDS}>
            <Input value={cpus} inputMode="decimal" onChange={({ detail }) => onChange({ cpus: detail.value })} />
          </FormField>
          <FormField label="Memory in kB" description="on Linux, at most" errorText={faults.memory} i18nStrings={WORDS}>
            <Input value={memory} inputMode="numeric" onChange={({ detail }) => onChange({ memory: detail.value })} />
          </FormField>
        </ColumnLayout>
      </SpaceBetween>
    </ExpandableSection>
  );
}
