import Wizard from "@cloudscape-design/components/wizard";
import type { WizardProps } from "@cloudscape-design/components/wizard";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { ReactNode } from "react";
import { useNavigate } from "react-router";

import { useStepWriter } from "~/app/draft";
import { useHelpContent } from "~/app/help";
import { CommandText } from "~/app/parts/CommandText";
import { InfoLink } from "~/app/parts/InfoLink";
import { ProblemText } from "~/app/parts/ProblemText";
import { WizardContext } from "~/app/wizard";
import type { StepId, WizardStep } from "~/app/wizard";
import { isProblem, problemOf } from "~/ipc";
import type { Generation } from "~/ipc";

interface Props {
  generation: Generation;
  steps: readonly WizardStep[];
  index: number;
}

/** Cloudscape's wizard over the steps: asks a step before it is left forwards, and keeps in the draft where we are. */
export function WizardHost({ generation, steps, index }: Props) {
  const navigate = useNavigate();
  const { change, flush } = useStepWriter(generation);
  const [error, setError] = useState<ReactNode>(null);
  const [waiting, setWaiting] = useState(false);
  const submit = useRef<(() => Promise<void>) | null>(null);
  const step = steps[index];
  useHelpContent(step?.help);

  const clearError = useCallback(() => setError(null), []);
  const goTo = useCallback((id: StepId) => void navigate(`/new/${id}`), [navigate]);
  const setSubmit = useCallback((work: (() => Promise<void>) | null) => {
    submit.current = work;
  }, []);
  const context = useMemo(() => ({ goTo, clearError, setSubmit }), [goTo, clearError, setSubmit]);

  useEffect(() => {
    if (step && step.id !== "connect") change({ step: step.id });
  }, [step, change]);

  const attempt = async (work: () => Promise<string | null>) => {
    setWaiting(true);
    setError(null);
    try {
      await flush();
      setError(await work());
    } catch (failed) {
      if (!isProblem(failed, "cancelled")) setError(<ProblemText problem={problemOf(failed)} />);
    } finally {
      setWaiting(false);
    }
  };

  const onNavigate = ({ requestedStepIndex }: WizardProps.NavigateDetail) => {
    const target = steps[requestedStepIndex];
    if (!target || waiting) return;
    // What is typed is in the store when the step is left, not a moment later.
    void flush();
    if (requestedStepIndex < index || !step?.unfinished) return goTo(target.id);
    void attempt(async () => {
      const reason = (await step.unfinished?.()) ?? null;
      if (reason === null) goTo(target.id);
      return reason;
    });
  };

  return (
    <WizardContext value={context}>
      <Wizard
        steps={steps.map(({ id, title, Content, command }, position) => ({
          title,
          info: (
            <span className="beside-title">
              <InfoLink about={title} />
              {command && position === index && <CommandText step={command} before={flush} inline />}
            </span>
          ),
          errorText: position === index ? error : undefined,
          content:
            position === index ? (
              <div data-testid={`step-${id}`}>
                <Content />
              </div>
            ) : null,
        }))}
        activeStepIndex={index}
        isLoadingNextStep={waiting}
        submitButtonText={step?.submitText ?? "Finish"}
        onNavigate={({ detail }) => onNavigate(detail)}
        onCancel={() => void navigate("/runs")}
        onSubmit={() =>
          void attempt(async () => {
            await submit.current?.();
            return null;
          })
        }
        i18nStrings={{
          stepNumberLabel: (number) => `Step ${number}`,
          collapsedStepsLabel: (number, of) => `Step ${number} of ${of}`,
          navigationAriaLabel: "Steps",
          cancelButton: "Leave",
          previousButton: "Previous",
          nextButton: "Next",
          errorIconAriaLabel: "Error",
        }}
      />
    </WizardContext>
  );
}
