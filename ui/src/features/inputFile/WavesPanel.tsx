import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { useDraftWriter } from "~/app/draft";
import { counted } from "~/app/format";
import { useWizard } from "~/app/wizard";
import { gateSentences, orderWords } from "~/app/waves";
import type { Draft, Waves } from "~/ipc";

import { WaveCuts } from "./WaveCuts";
import { WaveGate } from "./WaveGate";
import { WavesPreview } from "./WavesPreview";
import { type WavesForm, faultsOf, formOf, keepTyped, typedBefore, wavesOf } from "./wavesForm";

/** What is set, for those who do not unfold it. */
function words({ cuts, order, gate }: Waves): string {
  if (cuts.length === 0) return "In one go: one input file, one bulk deployment";
  const sizes = counted(cuts.length + (cuts.at(-1)?.by === "rest" ? 0 : 1), "wave");
  return `Up to ${sizes}, filled ${orderWords(order)}. ${gateSentences(gate).join(" ")}`;
}

/** Whether all groups are deployed at once, or in waves with a gate between them. */
export function WavesPanel({ draft }: { draft: Draft }) {
  const { change } = useDraftWriter();
  const { clearError } = useWizard();
  const [form, setForm] = useState(() => typedBefore(draft.plan) ?? formOf(draft.waves));
  const [expanded, setExpanded] = useState(form.on);
  const faults = faultsOf(form);
  const edit = (more: Partial<WavesForm>) => {
    const next = { ...form, ...more };
    setForm(next);
    clearError();
    keepTyped(draft.plan, next);
    if (faultsOf(next) === 0) change({ waves: wavesOf(next) });
  };
  return (
    <ExpandableSection
      variant="container"
      headerText="Waves"
      headerDescription={words(draft.waves)}
      expanded={expanded}
      onChange={({ detail }) => setExpanded(detail.expanded)}
      data-testid="waves"
    >
      <SpaceBetween size="m">
        <RadioGroup
          value={form.on ? "waves" : "once"}
          ariaLabel="How the plan is deployed"
          items={[
            { value: "once", label: "In one go", description: "All groups with one bulk deployment." },
            {
              value: "waves",
              label: "In waves",
              description: "One after the other, each with its own input file; a gate decides whether the next one starts.",
            },
          ]}
          onChange={({ detail }) => edit({ on: detail.value === "waves" })}
          data-testid="waves-on"
        />
        {form.on && (
          <SpaceBetween size="l">
            <WaveCuts cuts={form.cuts} onChange={(cuts) => edit({ cuts })} />
            <WaveGate form={form} onChange={edit} />
            {faults > 0 ? (
              <Alert type="info" data-testid="waves-faults">
                {counted(faults, "entry has", "entries have")} to be mended first; until then the draft keeps the waves
                from before.
              </Alert>
            ) : (
              <WavesPreview draft={draft} />
            )}
          </SpaceBetween>
        )}
        {!form.on && draft.waves.cuts.length === 0 && (
          <Box color="text-body-secondary">A plan in one go has no gate; it can be stopped at any time.</Box>
        )}
      </SpaceBetween>
    </ExpandableSection>
  );
}
