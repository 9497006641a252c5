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
      ["Roll back", "A new plan of the groups that succeeded, each with the version that it had before: the one of an earlier run, or else the one listed before."],
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

export const CAUSES_V2_HELP = (
  <StepHelp
    title="Causes"
    terms={[
      ["Cause", "All failures with the same error codes and the same words, once ids, times and numbers are taken out."],
      [
        "Error codes",
        "What the device tells, from general to specific; the last one says most. A nucleus before 2.8 tells none.",
      ],
      ["Not in the catalogue", "A code or message that Overseed has no explanation for; it is still counted and shown."],
      ["Roll back", "A new plan of the devices that succeeded, each with the deployment that it had before the run."],
      ["Before this run", "How the last earlier run on this computer ended for the device."],
    ]}
    pages={["Detailed deployment error codes", "Troubleshooting AWS IoT Greengrass V2", "Monitor AWS IoT Greengrass logs"]}
  >
    <p>
      Begin with the largest cause. Open a device to see its components, its earlier runs and the commands that read its logs.
      When a cause is mended, retry just its devices: they become a new plan, which you review before it starts.
    </p>
  </StepHelp>
);
