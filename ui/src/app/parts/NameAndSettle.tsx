import FormField from "@cloudscape-design/components/form-field";
import Grid from "@cloudscape-design/components/grid";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

import { keepTyped, settleFault, typedBefore } from "~/app/settleTime";

interface Props {
  /** The plan's id: what was typed and cannot be stored yet is kept for it. */
  plan: string;
  name: string;
  example: string;
  /** What the name is for. */
  nameFor: string;
  /** Absent until it is known. */
  settleMinutes: number | null;
  onChange: (change: { name: string } | { settleMinutes: number }) => void;
}

/** A name for people, and how long targets may take until they count as unknown. */
export function NameAndSettle({ plan, name, example, nameFor, settleMinutes, onChange }: Props) {
  const [typed, setTyped] = useState(() => typedBefore(plan));
  const settle = typed ?? String(settleMinutes ?? "");
  return (
    <Grid gridDefinition={[{ colspan: { default: 12, xxs: 7 } }, { colspan: { default: 12, xxs: 5 } }]}>
      <FormField label="Name" description={nameFor}>
        <Input
          value={name}
          placeholder={`For example: ${example}`}
          onChange={({ detail }) => onChange({ name: detail.value })}
          data-testid="review-name"
        />
      </FormField>
      <FormField
        label="Settle time in minutes"
        description="Then a deployment that has not ended counts as unknown."
        errorText={settleMinutes === null ? null : settleFault(settle)}
      >
        <Input
          value={settle}
          inputMode="decimal"
          onChange={({ detail }) => {
            setTyped(detail.value);
            keepTyped(plan, detail.value);
            if (settleFault(detail.value) === null) onChange({ settleMinutes: Number(detail.value) });
          }}
          data-testid="review-settle"
        />
      </FormField>
    </Grid>
  );
}
