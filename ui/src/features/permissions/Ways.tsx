import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles, { type TilesProps } from "@cloudscape-design/components/tiles";
import { useState } from "react";

import { count, counted } from "~/app/format";
import type { DraftChange, Pack, Packing, PackingChoice, Permissions, ReadBy } from "~/ipc";

const TITLES: Record<Packing, string> = {
  inline: "One inline policy",
  managed: "Managed policies",
  wildcard: "A wildcard",
};
const READERS: Record<ReadBy, string> = {
  role: "the role’s own policy lets it read the input file",
  bucket: "the bucket’s policy lets it read the input file",
};

function figures({ policies, size, room }: PackingChoice): string {
  return `${counted(policies, "policy", "policies")} · ${count(size)} of ${count(room)} characters`;
}

function isPack(value: string): value is Pack {
  return value === "auto" || value in TITLES;
}

/** Whether the groups fit in the way that was asked for. */
export function fits({ pack, choices }: Permissions): boolean {
  return choices.length === 0 || choices.some((choice) => choice.fits && (pack === "auto" || choice.packing === pack));
}

function summary({ pack, packing, choices, readBy }: Permissions): string {
  if (choices.length === 0) return `Other policies let it deploy to each group; ${READERS[readBy]}`;
  const choice = choices.find((one) => one.packing === packing);
  if (choice === undefined) return "The groups do not fit in this way.";
  const how = pack === "auto" ? "Automatic" : "Chosen";
  return `${how}: ${TITLES[choice.packing].toLowerCase()}, ${count(choice.size)} of ${count(choice.room)} characters; ${READERS[readBy]}`;
}

function tiles({ choices, pack }: Permissions): TilesProps.TilesDefinition[] {
  const first = choices.find((choice) => choice.fits);
  const named = choices.map((choice) => ({
    value: choice.packing,
    label: TITLES[choice.packing],
    // What was chosen while it fitted can still be seen as chosen.
    disabled: !choice.fits && choice.packing !== pack,
    description: (
      <>
        <Box fontWeight="bold" fontSize="body-s" color={choice.fits ? "text-body-secondary" : "text-status-error"}>
          {choice.fits ? figures(choice) : "Does not fit"}
        </Box>
        <Box fontSize="body-s" color="text-body-secondary">
          {choice.detail}
        </Box>
      </>
    ),
  }));
  const auto = first ? `The first that fits: now ${TITLES[first.packing].toLowerCase()}.` : "Nothing fits.";
  return [{ value: "auto", label: "Automatic", description: auto }, ...named];
}

interface WaysProps {
  permissions: Permissions;
  pack: Pack;
  readBy: ReadBy;
  disabled: boolean;
  onChange: (change: DraftChange) => void;
}

/** How the groups are packed into policies, and which policy lets the role read the input file. */
export function Ways({ permissions, pack, readBy, disabled, onChange }: WaysProps) {
  const [chosen, setChosen] = useState<boolean | null>(null);
  const { choices, packing } = permissions;
  // Where all groups fit into one policy there is little to decide; where they do not, it has to be.
  const packs = choices.length > 0;
  const matters = packs && (pack !== "auto" || !choices.some((choice) => choice.packing === "inline" && choice.fits));
  // Policies of others allow everything already.
  if (packs && packing === null && fits(permissions)) return null;
  return (
    <ExpandableSection
      variant="container"
      headerText="How the role is allowed"
      headerDescription={summary(permissions)}
      expanded={chosen ?? matters}
      onChange={({ detail }) => setChosen(detail.expanded)}
      data-testid="permissions-ways"
    >
      <SpaceBetween size="m">
        {packs && (
          <FormField
            label="How the groups are packed"
            description="IAM limits the length of policies; white space does not count."
            stretch
            errorText={fits(permissions) ? undefined : "The groups do not fit in this way. Choose one that fits, or another role."}
          >
            <Tiles
              columns={2}
              value={pack}
              readOnly={disabled}
              items={tiles(permissions)}
              onChange={({ detail }) => isPack(detail.value) && onChange({ pack: detail.value })}
              data-testid="permissions-pack"
            />
          </FormField>
        )}
        <FormField label="How the role reads the input file" stretch>
          <RadioGroup
            value={readBy}
            readOnly={disabled}
            items={[
              {
                value: "role",
                label: "By its own policy",
                description: packs
                  ? "One statement more in the policy above. The bucket is left as it is."
                  : "One inline policy more. The bucket is left as it is.",
              },
              {
                value: "bucket",
                label: "By the bucket’s policy",
                description: "One statement is merged into it; all others stay as they are.",
              },
            ]}
            onChange={({ detail }) => onChange({ readBy: detail.value === "bucket" ? "bucket" : "role" })}
            data-testid="permissions-read-by"
          />
        </FormField>
      </SpaceBetween>
    </ExpandableSection>
  );
}
