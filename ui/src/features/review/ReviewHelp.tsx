import { StepHelp } from "~/app/parts/StepHelp";

export function ReviewHelp() {
  return (
    <StepHelp
      title="Review and start"
      terms={[
        [
          "Preflight check",
          "Something that would make the start or many deployments fail. A failed one blocks the start, a warning does not.",
        ],
        [
          "Settle time",
          "How long deployments may go on after the bulk deployment has ended. Then they count as unknown.",
        ],
        [
          "Service role",
          "The role that Greengrass has in this account and Region (not the execution role). Without it no group can be deployed.",
        ],
        [
          "Wave and gate",
          "Waves are deployed one after the other. The gate says after each one, once it has settled, whether the next one starts.",
        ],
        ["Plan", "All of this as one file. The same plan started twice is one run."],
      ]}
      pages={["Create bulk deployments for groups", "Greengrass service role", "StartBulkDeployment"]}
    >
      <p>
        What you see is what is sent: the file has the hash shown here. The checks ask AWS anew whenever you come to
        this step.
      </p>
    </StepHelp>
  );
}
