import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";
import { useEffect } from "react";

import { short } from "~/app/figures";
import { useFlash } from "~/app/flash";
import { counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { type ClosingAnswer, type ClosingQuestion, ipc, useClosing } from "~/ipc";

const MINIMISED =
  "This desktop shows no tray icons, so the window was minimised instead. The runs are driven on; close it again to end the app.";

/** What AWS does by itself, by what makes the deployments. */
function goesOn(runs: ClosingQuestion["runs"]): string[] {
  const ways = new Set(runs.map(({ way }) => way));
  return [
    ...(ways.has(null) ? ["The bulk deployment that has begun: each group of its input file still gets its deployment."] : []),
    ...(ways.has("step_functions")
      ? ["The state machine that has begun: each device of its file still gets its deployment."]
      : []),
    ...(ways.has("thing_group") ? ["The thing group’s job: each device of the wave is still told."] : []),
    ways.has(null) ? "Deployments that cores are carrying out." : "Deployments that devices have, or get when they come online.",
  ];
}

function WhatStays({ runs }: Pick<ClosingQuestion, "runs">) {
  const waves = runs.reduce((sum, { wavesLeft }) => sum + wavesLeft, 0);
  return (
    <SpaceBetween size="s">
      <div>
        <Box fontWeight="bold">Goes on at AWS without Overseed</Box>
        <ul className="plain-list">
          {goesOn(runs).map((what) => (
            <li key={what}>{what}</li>
          ))}
        </ul>
      </div>
      <div>
        <Box fontWeight="bold">Waits until the run is resumed</Box>
        <ul className="plain-list">
          {runs.some(({ way }) => way === "direct") && (
            <li>Deployments that this app has not made yet: it makes them one by one.</li>
          )}
          <li>
            {waves > 0
              ? `The next wave: ${counted(waves, "wave has", "waves have")} not begun. No gate is judged meanwhile.`
              : "The last word on targets that have not ended yet."}
          </li>
          <li>Figures, causes and notifications; the chart will show a gap.</li>
        </ul>
      </div>
    </SpaceBetween>
  );
}

function Asked({ question, done }: { question: ClosingQuestion; done: () => void }) {
  const { runs, tray } = question;
  const { success } = useFlash();
  const answer = useMutation({
    mutationFn: (said: ClosingAnswer) => ipc.closingAnswer(said),
    onSuccess: (kept, said) => {
      if (said === "seen") return;
      if (kept === "minimised") success(MINIMISED);
      done();
    },
  });
  const { mutate } = answer;
  // Whoever closes the window of a page that is dead is not asked: this one lives.
  useEffect(() => mutate("seen"), [mutate, question]);
  const busy = (said: ClosingAnswer) => answer.isPending && answer.variables === said;
  const only = runs.length === 1 ? runs[0] : undefined;
  return (
    <Modal
      visible
      header={only ? "A run is being driven" : `${runs.length} runs are being driven`}
      closeAriaLabel="Keep the window open"
      onDismiss={() => mutate("cancel")}
      data-testid="closing"
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={() => mutate("cancel")} data-testid="closing-cancel">
              Cancel
            </Button>
            <Button onClick={() => mutate("close")} loading={busy("close")} data-testid="closing-close">
              Close anyway
            </Button>
            <Button variant="primary" onClick={() => mutate("keep")} loading={busy("keep")} data-testid="closing-keep">
              {tray ? "Keep running in the tray" : "Minimise and keep running"}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <Box>
          Closing the window would end the driving of{" "}
          {runs.map(({ id, name }, at) => (
            <span key={id}>
              {at > 0 && (at === runs.length - 1 ? " and " : ", ")}
              <strong>{name || `run ${short(id)}`}</strong>
            </span>
          ))}
          .
        </Box>
        <WhatStays runs={runs} />
        {!tray && <Alert type="info">This desktop shows no tray icons; the window can be minimised instead.</Alert>}
        {answer.error && <ProblemAlert error={answer.error} />}
      </SpaceBetween>
    </Modal>
  );
}

/** Asks before the window closes while this process drives runs. */
export function ClosingModal() {
  const [question, done] = useClosing();
  return question && <Asked question={question} done={done} />;
}
