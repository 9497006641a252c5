import { StepHelp } from "~/app/parts/StepHelp";

export const RUNS_HELP = (
  <StepHelp
    title="Runs"
    terms={[
      ["Run", "A plan being carried out: its bulk deployments, its targets, and every call that changed something."],
      ["Driven", "A process, window or command line, reads the run and starts its waves. Only one does at a time."],
      ["Read-only", "A run of another account, Region or sandbox than the connection in use."],
    ]}
    pages={["Create bulk deployments for groups"]}
  >
    <p>The list has all runs of this computer, whether started here or from the command line.</p>
  </StepHelp>
);
