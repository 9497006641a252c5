import Box from "@cloudscape-design/components/box";
import { StepHelp } from "~/app/parts/StepHelp";
import { STATES_FOR_READING, STATE_LOOKS } from "~/app/states";

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
