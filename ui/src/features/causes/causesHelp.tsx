import { StepHelp } from "~/app/parts/StepHelp";

export const CAUSES_HELP = (
  <StepHelp
    title="Causes"
    terms={[
      ["Cause", "All failures with the same code and the same words, once ids, times and numbers are taken out."],
      [
        "In the service’s words",
        "ErrorMessage as AWS gave it for the first group seen. Nothing is rewritten or dropped.",
      ],
      ["Not in the catalogue", "A message that Overseed has no explanation for; it is still counted and shown."],
      ["Roll back", "A new plan of the groups that succeeded, each with the version before the one that it got."],
      ["Before this run", "How the last earlier run on this computer ended for the group."],
    ]}
    pages={["Troubleshooting AWS IoT Greengrass", "Monitoring with AWS IoT Greengrass logs"]}
  >
    <p>
      Begin with the largest cause. Open a group to see its line in the input file, its earlier runs and the commands
      that read its core’s log. When a cause is mended, retry just its groups: they become a new plan, which you review
      before it starts.
    </p>
  </StepHelp>
);
