import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Checkbox from "@cloudscape-design/components/checkbox";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";

import { BucketField } from "~/app/bucket/BucketField";
import { useFlash } from "~/app/flash";
import { Mono } from "~/app/parts/Mono";
import { ipc } from "~/ipc";
import type { ComponentCheck } from "~/ipc";

import { type PublishForm, otherBuckets, publishFaults } from "./publishForm";

interface Props {
  form: PublishForm;
  check: ComponentCheck | undefined;
  onChange: (more: Partial<PublishForm>) => void;
}

/** What is put in the place of what the recipe says: bucket, files, version. */
export function PublishFields({ form, check, onChange }: Props) {
  const flash = useFlash();
  const faults = publishFaults(form);
  const choose = useMutation({
    mutationFn: () => ipc.artifactsChoose(),
    onSuccess: (artifacts) => {
      if (artifacts !== null) onChange({ artifacts });
    },
    onError: (error) => flash.problem(error),
  });
  const placeholders = check?.recipe.placeholders ?? [];
  return (
    <SpaceBetween size="m">
      <div>
        <BucketField value={form.bucket} onChange={(bucket) => onChange({ bucket })} />
        <div className="field-note">
          <Box color="text-body-secondary" fontSize="body-s">
            {placeholders.length > 0
              ? `Takes the place of ${placeholders.join(", ")} in the recipe.`
              : "Takes the place of a tutorial's stand-ins, such as mys3repo123987. Other buckets stay."}
          </Box>
        </div>
        {form.bucket !== "" &&
          otherBuckets(form, check).map((name) => (
            <Checkbox
              key={name}
              checked={form.replaced.includes(name)}
              onChange={({ detail }) =>
                onChange({ replaced: [...form.replaced.filter((other) => other !== name), ...(detail.checked ? [name] : [])] })
              }
              data-testid={`publish-replace-${name}`}
            >
              Put it in the place of {name} as well
            </Checkbox>
          ))}
      </div>
      <FormField
        label="Folder with the artifacts"
        description="Its files are uploaded to where the recipe says. Not needed where all of them are there."
        stretch
      >
        <SpaceBetween direction="horizontal" size="xs" alignItems="center">
          <Button loading={choose.isPending} onClick={() => choose.mutate()} data-testid="publish-artifacts">
            Choose a folder…
          </Button>
          {form.artifacts !== null && (
            <>
              <Mono>{form.artifacts}</Mono>
              <Button
                variant="icon"
                iconName="close"
                ariaLabel="Take the folder off"
                onClick={() => onChange({ artifacts: null, overwrite: false })}
              />
            </>
          )}
        </SpaceBetween>
      </FormField>
      <FormField
        label={
          <>
            Version <i>– optional</i>
          </>
        }
        description={
          check
            ? `The recipe's own is ${form.version === "" ? check.recipe.version : "left aside"}.`
            : "The recipe's own, unless another is given."
        }
        errorText={faults.version}
        i18nStrings={{ errorIconAriaLabel: "Error" }}
      >
        <Input
          value={form.version}
          onChange={({ detail }) => onChange({ version: detail.value.trim() })}
          placeholder={check?.recipe.version ?? "1.0.0"}
          data-testid="publish-version"
        />
      </FormField>
      <Checkbox
        checked={form.artifactVersions}
        onChange={({ detail }) => onChange({ artifactVersions: detail.checked })}
        description="Where the keys of artifacts hold another version than the component's"
        data-testid="publish-artifact-versions"
      >
        Put the version into the keys of the artifacts
      </Checkbox>
    </SpaceBetween>
  );
}
