import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { Mono } from "~/app/parts/Mono";
import { ipc } from "~/ipc";

import { JsonField } from "./JsonField";
import { type PublishForm, withRecipe } from "./publishForm";

interface Props {
  form: PublishForm;
  onChange: (change: (before: PublishForm) => PublishForm) => void;
}

/** The recipe's text: opened from a file, or pasted and typed. */
export function RecipeSource({ form, onChange }: Props) {
  const flash = useFlash();
  const open = useMutation({
    mutationFn: () => ipc.recipeOpen(),
    onSuccess: (file) => {
      if (file) onChange((before) => withRecipe(before, file.text, file.path));
    },
    onError: (error) => flash.problem(error),
  });
  return (
    <SpaceBetween size="s">
      <div className="choose-line">
        <Button loading={open.isPending} onClick={() => open.mutate()} data-testid="publish-open">
          Open a file…
        </Button>
        <Box color="text-body-secondary">{form.opened === null ? "or paste the recipe below" : <Mono>{form.opened}</Mono>}</Box>
      </div>
      <JsonField
        label="Recipe"
        description="YAML or JSON"
        value={form.recipe}
        onChange={(recipe) => onChange((before) => withRecipe(before, recipe, before.opened))}
        rows={18}
        placeholder={
          '---\nRecipeFormatVersion: "2020-01-25"\nComponentName: com.example.Hello\nComponentVersion: 1.0.0\nManifests:\n  - Platform:\n      os: linux\n    Lifecycle:\n      Run: python3 -u {artifacts:path}/hello.py\n    Artifacts:\n      - URI: s3://bucket/artifacts/com.example.Hello/1.0.0/hello.py'
        }
        testId="publish-recipe"
      />
    </SpaceBetween>
  );
}
