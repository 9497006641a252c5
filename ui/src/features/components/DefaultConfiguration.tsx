import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { ComponentCheck } from "~/ipc";

import { spread } from "./configuration";
import { JsonField } from "./JsonField";
import { readJson } from "./json";
import { type PublishForm, publishFaults } from "./publishForm";

interface Props {
  form: PublishForm;
  check: ComponentCheck | undefined;
  onChange: (more: Partial<PublishForm>) => void;
}

/** The recipe's default configuration, and another one in its place. */
export function DefaultConfiguration({ form, check, onChange }: Props) {
  const own = check?.recipe.configuration;
  const { configuration } = form;
  if (configuration === null && (own === undefined || own === null)) return null;
  const text = configuration ?? spread(readJson(own ?? "").value);
  return (
    <ExpandableSection
      headerText="Default configuration"
      headerDescription={configuration === null ? "As the recipe has it" : "Changed here; the rest of the recipe stays as it is"}
      defaultExpanded={configuration !== null}
      data-testid="publish-configuration-section"
    >
      <SpaceBetween size="xs">
        <JsonField
          label="Default configuration"
          description="Each recipe has its own: never copy it from one to another."
          value={text}
          onChange={(changed) => onChange({ configuration: changed })}
          errorText={publishFaults(form).configuration}
          rows={12}
          testId="publish-configuration"
        />
        {configuration !== null && (
          <Button
            variant="inline-link"
            onClick={() => onChange({ configuration: null })}
            data-testid="publish-configuration-back"
          >
            Back to the recipe&apos;s own
          </Button>
        )}
      </SpaceBetween>
    </ExpandableSection>
  );
}
