import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { ComponentCheck } from "~/ipc";

import type { PublishForm } from "./publishForm";

interface Props {
  check: ComponentCheck;
  form: PublishForm;
  onChange: (more: Partial<PublishForm>) => void;
}

function VersionStanding({ check, form, onChange }: Props) {
  const { recipe, standing, differences, proposed, versions } = check;
  const title = `${recipe.name} ${recipe.version}`;
  if (standing === "new") {
    return (
      <Alert type="info" data-testid="publish-standing">
        {title} is new.{" "}
        {versions.length > 0 ? `The account has ${versions.join(", ")} of it.` : "The account has none of it yet."}
      </Alert>
    );
  }
  if (standing === "same") {
    return (
      <Alert type="success" data-testid="publish-standing">
        {title} is there already and says the same: publishing it changes nothing.
      </Alert>
    );
  }
  if (standing === "failed") {
    return (
      <Alert type="warning" header={`${title} is there, but AWS could not make it deployable`} data-testid="publish-standing">
        <div className="wrap">{differences.join("\n")}</div>
        It can be made again once that is mended.
      </Alert>
    );
  }
  return (
    <Alert
      type="error"
      header={`${title} is there already and says something else`}
      action={
        proposed !== null && (
          <Button
            // With files at hand they go to keys of their own, so that what the taken version has stays what it is.
            onClick={() => onChange({ version: proposed, artifactVersions: form.artifactVersions || form.artifacts !== null })}
            data-testid="publish-bump"
          >
            Take {proposed} instead
          </Button>
        )
      }
      data-testid="publish-standing"
    >
      Versions never change, and devices keep what they have of one. What differs: {differences.join(", ")}.
    </Alert>
  );
}

/** How the recipe's version and its artifacts stand to what the account has. */
export function Standing({ check, form, onChange }: Props) {
  const differs = check.objects.filter(({ state }) => state === "differs");
  return (
    <SpaceBetween size="s">
      <VersionStanding check={check} form={form} onChange={onChange} />
      {differs.length > 0 && check.standing !== "same" && (
        <Alert type="warning" header="Objects are there with other bytes" data-testid="publish-differs">
          <SpaceBetween size="xs">
            <div>
              Another version that uses them would fail on devices by its checksum. Put the version into the keys of the
              artifacts, unless nothing else uses these objects.
            </div>
            <Checkbox
              checked={form.overwrite}
              onChange={({ detail }) => onChange({ overwrite: detail.checked })}
              data-testid="publish-overwrite"
            >
              Overwrite them: no other version uses them
            </Checkbox>
          </SpaceBetween>
        </Alert>
      )}
    </SpaceBetween>
  );
}
