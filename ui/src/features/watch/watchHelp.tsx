import Box from "@cloudscape-design/components/box";
import { StepHelp } from "~/app/parts/StepHelp";
import { STATES_FOR_READING, STATE_LOOKS, meaningOf } from "~/app/states";

export const WATCH_HELP = (
  <StepHelp
    title="Watching a run"
    terms={[
      ...STATES_FOR_READING.map((state) => [STATE_LOOKS[state].label, STATE_LOOKS[state].meaning] as const),
      [
        "Attempted",
        "Records of the input file that the service has tried (RecordsProcessed). Not all of them succeeded.",
      ],
      ["Invalid", "Records that the service will not try again: bad format, unknown version or no permission."],
      ["Retries", "Attempts repeated after errors that pass, such as throttling; at most five for a group."],
      [
        "Settling",
        "The bulk deployment has ended, single deployments have not. What has not ended by the end of the settle time counts as unknown.",
      ],
      [
        "Gate",
        "What has to be so before the next wave starts. Failed and unknown groups count against it alike; with too many the run holds or is aborted.",
      ],
      [
        "Pause",
        "The wave at work goes on to its end, since a bulk deployment cannot be paused; the next one is not started.",
      ],
      ["Left out", "Groups taken out of a wave before it was started. They stay waiting."],
    ]}
    pages={["Create bulk deployments for groups", "StopBulkDeployment", "Troubleshooting AWS IoT Greengrass"]}
  >
    <Box variant="p">
      Every figure comes from AWS and says how old it is. You can leave this screen, close the window or lose the
      network: the deployments go on, and reading goes on when the run is driven again.
    </Box>
    <Box variant="p">
      Completed means that every record was attempted, not that every group succeeded. The count of each state is
      therefore kept apart.
    </Box>
  </StepHelp>
);

export const WATCH_V2_HELP = (
  <StepHelp
    title="Watching a run"
    terms={[
      ...STATES_FOR_READING.map((state) => [STATE_LOOKS[state].label, meaningOf(state, "v2")] as const),
      [
        "Deployments made",
        "CreateDeployment was answered for so many devices; whether they have taken them, the states say. A thing group has one deployment, and so many of its devices are told of it.",
      ],
      ["Refused", "Devices whose deployment the service would not make: nothing changes on them."],
      [
        "Made by",
        "This app makes one call a device while it runs. Step Functions and a thing group’s job go on without it, also when the computer is off.",
      ],
      [
        "Settling",
        "All deployments are made, and devices carry them out. What has not ended by the end of the settle time counts as unknown; a device that is off takes its deployment when it comes back.",
      ],
      [
        "Gate",
        "What has to be so before the next wave starts. Failed and unknown devices count against it alike; with too many the run holds or is aborted.",
      ],
      ["Pause", "The wave at work goes on to its end; the next one is not started."],
      ["Left out", "Devices taken out of a wave before it was started. They stay waiting."],
    ]}
    pages={[
      "Check core device status and deployment status",
      "CancelDeployment",
      "Troubleshooting AWS IoT Greengrass V2",
    ]}
  >
    <Box variant="p">
      Every figure comes from AWS and says how old it is. Devices tell how they stand by their effective deployments; one that
      is offline tells nothing.
    </Box>
    <Box variant="p">
      A stop makes no further deployments. Those that were made can be cancelled as well, for devices that have not received
      theirs.
    </Box>
  </StepHelp>
);
