import { StepHelp } from "~/app/parts/StepHelp";

export const RUNS_HELP = (
  <StepHelp
    title="Runs"
    terms={[
      ["Run", "A plan being carried out: what makes its deployments, its targets, and every call that changed something."],
      ["Driven", "A process, window or command line, reads the run and starts its waves. Only one does at a time."],
      ["Made elsewhere", "A bulk deployment (V1) that no run of this computer started: it is read from its reports and never driven."],
      ["Compare", "What changed for each target from an older run to a newer one: newly failing, fixed, still failing."],
      ["Read-only", "A run of another account, Region or sandbox than the connection in use, or any run while there is none."],
    ]}
    pages={["Create bulk deployments for groups"]}
  >
    <p>The list has all runs of this computer, whether started here or from the command line. Select two to compare them.</p>
    <p>
      The other list has what the account knows, whoever started it. The service lists bulk deployments without their
      status; read one to see how it stands, which groups failed and why.
    </p>
  </StepHelp>
);
