import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Tiles from "@cloudscape-design/components/tiles";
import type { ReactNode } from "react";

import { counted } from "~/app/format";
import type { DevicePreview, Way } from "~/ipc";

import { WAYS, WAY_TITLES, directTime, groupFault, machineCost, proposedWay } from "./ways";

interface WayTilesProps {
  /** The way that was chosen, if any was. */
  chosen: Way | null;
  preview: DevicePreview;
  onChange: (way: Way | null) => void;
}

function Lines({ figures, bad = false, children }: { figures: string; bad?: boolean; children: ReactNode }) {
  // The colour is the tile's own: one that cannot be chosen is dimmed as a whole.
  return (
    <>
      <Box fontSize="body-s" color="inherit">
        {children}
      </Box>
      <Box fontWeight="bold" fontSize="body-s" color={bad ? "text-status-error" : "inherit"} padding={{ top: "xxs" }}>
        {figures}
      </Box>
    </>
  );
}

function describe(way: Way, preview: DevicePreview): ReactNode {
  const { targets } = preview;
  switch (way) {
    case "direct":
      return (
        <Lines figures={`About ${directTime(targets)} for ${counted(targets, "device")} · costs nothing`}>
          One call for each device, from this computer. Overseed has to stay open until they are made; closed, it goes on
          when it is opened again. Nothing else is made in the account.
        </Lines>
      );
    case "step_functions":
      return (
        <Lines figures={`Here ${machineCost(targets)}, more the longer devices take ($0.025 per 1,000 transitions)`}>
          A state machine of yours makes the deployments and looks at the devices. It goes on while this computer is off.
          Needs a bucket and a role.
        </Lines>
      );
    case "thing_group": {
      const fault = groupFault(preview);
      return (
        <Lines figures={fault ?? "One deployment a wave · costs nothing"} bad={fault !== null}>
          A thing group is made for each wave, and AWS IoT rolls one deployment out to it, with its own rate and abort.
          Only where all devices get the same.
        </Lines>
      );
    }
  }
}

/** What makes the deployments: what each way means, when it can be had, what it costs. */
export function WayTiles({ chosen, preview, onChange }: WayTilesProps) {
  const proposed = proposedWay(preview.targets);
  const value = chosen ?? proposed;
  const fault = value === "thing_group" ? groupFault(preview) : null;
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={
            chosen === null
              ? `As proposed for ${counted(preview.targets, "device")}; it follows the plan until you choose.`
              : `Chosen by you; ${WAY_TITLES[proposed]} is proposed for ${counted(preview.targets, "device")}.`
          }
          actions={
            <Button disabled={chosen === null} onClick={() => onChange(null)} data-testid="rollout-proposed">
              Take what is proposed
            </Button>
          }
        >
          What makes the deployments
        </Header>
      }
    >
      <FormField stretch errorText={fault} i18nStrings={{ errorIconAriaLabel: "Error" }}>
        <Tiles
          columns={3}
          ariaLabel="What makes the deployments"
          value={value}
          items={WAYS.map((way) => ({
            value: way,
            label: way === proposed ? `${WAY_TITLES[way]} (proposed)` : WAY_TITLES[way],
            description: describe(way, preview),
            // What was chosen while it was possible can still be seen as chosen.
            disabled: way === "thing_group" && way !== value && groupFault(preview) !== null,
          }))}
          onChange={({ detail }) => {
            const way = WAYS.find((one) => one === detail.value);
            if (way !== undefined) onChange(way);
          }}
          data-testid="rollout-way"
        />
      </FormField>
    </Container>
  );
}
