import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { ComponentForm } from "./componentForm";
import { THING_NAME, checkConfiguration, spread, wrapped } from "./configuration";
import { JsonField } from "./JsonField";

interface Props {
  form: ComponentForm;
  fault: string | null;
  /** The names that rows give. */
  values: readonly string[];
  /** The recipe's default configuration, and the version that it is of. */
  defaults: unknown;
  of: string;
  pending: boolean;
  onChange: (more: Partial<ComponentForm>) => void;
}

/** What is merged into a component's configuration, beside what it has by default. */
export function ConfigurationFields({ form, fault, values, defaults, of, pending, onChange }: Props) {
  const { doubt, unwrapped } = checkConfiguration(form.merge, form.name, values, defaults);
  const names = [THING_NAME, ...values].map((name) => `{${name}}`);
  const text = defaults === null ? null : spread(defaults);
  return (
    <SpaceBetween size="xs">
      <JsonField
        label={
          <>
            Configuration to merge <i>– optional</i>
          </>
        }
        description={`A JSON object. In its texts ${names.join(", ")} ${names.length === 1 ? "stands for each device's own name" : "stand for each device's own values"}.`}
        value={form.merge}
        onChange={(merge) => onChange({ merge })}
        errorText={fault}
        warningText={doubt}
        placeholder={'{\n  "device_name": "{thingName}"\n}'}
        testId="component-merge"
      />
      <SpaceBetween direction="horizontal" size="m">
        {unwrapped && (
          <Button variant="inline-link" onClick={() => onChange({ merge: wrapped(form.merge) })} data-testid="component-wrap">
            Put it below Parameters
          </Button>
        )}
        {text !== null && form.merge.trim() === "" && (
          <Button variant="inline-link" onClick={() => onChange({ merge: text })} data-testid="component-take-defaults">
            Begin with the default configuration
          </Button>
        )}
      </SpaceBetween>
      {(text !== null || pending) && (
        <ExpandableSection headerText={`Default configuration of ${of}`} variant="footer">
          <pre className="lines" tabIndex={0} aria-label="Default configuration">
            {text ?? "Reading the recipe"}
          </pre>
        </ExpandableSection>
      )}
    </SpaceBetween>
  );
}
