import "./components.css";

import FormField from "@cloudscape-design/components/form-field";
import type { FormFieldProps } from "@cloudscape-design/components/form-field";
import Textarea from "@cloudscape-design/components/textarea";

interface Props extends Pick<FormFieldProps, "label" | "description" | "errorText" | "warningText" | "constraintText"> {
  value: string;
  onChange: (value: string) => void;
  rows?: number;
  placeholder?: string;
  disabled?: boolean;
  testId: string;
}

/** A text of code in fixed width; what is wrong with it stands below. */
export function JsonField({ value, onChange, rows = 8, placeholder, disabled, testId, ...field }: Props) {
  return (
    <FormField stretch i18nStrings={{ errorIconAriaLabel: "Error", warningIconAriaLabel: "Warning" }} {...field}>
      <div className="code-field">
        <Textarea
          value={value}
          onChange={({ detail }) => onChange(detail.value)}
          rows={rows}
          spellcheck={false}
          placeholder={placeholder}
          disabled={disabled}
          invalid={Boolean(field.errorText)}
          data-testid={testId}
        />
      </div>
    </FormField>
  );
}
