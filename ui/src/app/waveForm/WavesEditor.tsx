import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";
import type { ReactNode } from "react";

import { counted } from "~/app/format";
import type { TargetWords } from "~/app/targetWords";
import { gateSentences, orderWords } from "~/app/waves";
import type { Waves } from "~/ipc";

import { WaveCuts } from "./WaveCuts";
import { WaveGate } from "./WaveGate";
import { type WavesForm, faultsOf, formOf, keepTyped, typedBefore, wavesOf } from "./wavesForm";

interface Props {
  /** The plan's id: what was typed and cannot be stored yet is kept for it. */
  plan: string;
  waves: Waves;
  words: TargetWords;
  /** What it means to deploy in one go: in few words, in a sentence. */
  once: { short: string; long: string };
  /** What waves are, in a sentence. */
  inWaves: string;
  /** Told whenever the form has no faults. */
  onChange: (waves: Waves) => void;
  /** Told at each change, before anything is stored. */
  onEdit: () => void;
  /** What the waves come to; shown below a form without faults. */
  preview: ReactNode;
}

/** What is set, for those who do not unfold it. */
function inAWord({ cuts, order, gate }: Waves, words: TargetWords, once: string): string {
  if (cuts.length === 0) return `In one go: ${once}`;
  const sizes = counted(cuts.length + (cuts.at(-1)?.by === "rest" ? 0 : 1), "wave");
  return `Up to ${sizes}, filled ${orderWords(order)}. ${gateSentences(gate, words).join(" ")}`;
}

/** Whether all targets are deployed at once, or in waves with a gate between them. */
export function WavesEditor({ plan, waves, words, once, inWaves, onChange, onEdit, preview }: Props) {
  const [form, setForm] = useState(() => typedBefore(plan) ?? formOf(waves));
  const [expanded, setExpanded] = useState(form.on);
  const faults = faultsOf(form);
  const edit = (more: Partial<WavesForm>) => {
    const next = { ...form, ...more };
    setForm(next);
    onEdit();
    keepTyped(plan, next);
    if (faultsOf(next) === 0) onChange(wavesOf(next));
  };
  return (
    <ExpandableSection
      variant="container"
      headerText="Waves"
      headerDescription={inAWord(waves, words, once.short)}
      expanded={expanded}
      onChange={({ detail }) => setExpanded(detail.expanded)}
      data-testid="waves"
    >
      <SpaceBetween size="m">
        <RadioGroup
          value={form.on ? "waves" : "once"}
          ariaLabel="How the plan is deployed"
          items={[
            { value: "once", label: "In one go", description: once.long },
            { value: "waves", label: "In waves", description: inWaves },
          ]}
          onChange={({ detail }) => edit({ on: detail.value === "waves" })}
          data-testid="waves-on"
        />
        {form.on && (
          <SpaceBetween size="l">
            <WaveCuts cuts={form.cuts} words={words} onChange={(cuts) => edit({ cuts })} />
            <WaveGate form={form} words={words} onChange={edit} />
            {faults > 0 ? (
              <Alert type="info" data-testid="waves-faults">
                {counted(faults, "entry has", "entries have")} to be mended first; until then the draft keeps the waves
                from before.
              </Alert>
            ) : (
              preview
            )}
          </SpaceBetween>
        )}
        {!form.on && waves.cuts.length === 0 && (
          <Box color="text-body-secondary">A plan in one go has no gate; it can be stopped at any time.</Box>
        )}
      </SpaceBetween>
    </ExpandableSection>
  );
}
