import { nameError } from "~/app/bucket/bucketName";
import type { ComponentCheck, PublishRequest } from "~/ipc";

import { objectFault } from "./configuration";

/** A recipe that is to be published, and what is put in the place of what it says, as typed. */
export interface PublishForm {
  recipe: string;
  /** The file that it was opened from. */
  opened: string | null;
  bucket: string;
  /** Buckets of the recipe, besides stand-ins, in whose place it is put. */
  replaced: string[];
  /** The folder with its artifacts. */
  artifacts: string | null;
  version: string;
  artifactVersions: boolean;
  /** Another default configuration; `null` for the recipe's own. */
  configuration: string | null;
  overwrite: boolean;
}

export const NO_RECIPE: PublishForm = {
  recipe: "",
  opened: null,
  bucket: "",
  replaced: [],
  artifacts: null,
  version: "",
  artifactVersions: false,
  configuration: null,
  overwrite: false,
};

/** What belongs to one recipe only. Bucket and folder stay: tutorials have several recipes with the same. */
const OWN = { replaced: [], version: "", artifactVersions: false, configuration: null, overwrite: false };

/** The component's name as it stands in a text, YAML or JSON. */
function nameIn(recipe: string): string | undefined {
  return /ComponentName["']?\s*:\s*["']?([\w.-]+)/i.exec(recipe)?.[1];
}

/** The form with another recipe. What was said of another component is not said of this one. */
export function withRecipe(form: PublishForm, recipe: string, opened: string | null): PublishForm {
  const same = nameIn(form.recipe) === nameIn(recipe);
  return { ...form, ...(!same && OWN), recipe, opened };
}

const VERSION = /^\d+\.\d+\.\d+(?:-[0-9A-Za-z.-]+)?(?:\+[0-9A-Za-z.-]+)?$/;

export interface PublishFaults {
  bucket: string | null;
  version: string | null;
  configuration: string | null;
}

export function publishFaults({ bucket, version, configuration }: PublishForm): PublishFaults {
  return {
    bucket: nameError(bucket),
    version: version === "" || VERSION.test(version) ? null : "Write major.minor.patch, such as 1.0.1.",
    configuration:
      configuration === null ? null : configuration.trim() === "" ? "Write one JSON object." : objectFault(configuration),
  };
}

/** What is asked of the engine. What cannot be taken yet is left out, so that the rest is checked while it is typed. */
export function requestOf(form: PublishForm): PublishRequest {
  const faults = publishFaults(form);
  const bucket = form.bucket === "" || faults.bucket !== null ? null : form.bucket;
  return {
    recipe: form.recipe,
    changes: {
      buckets: bucket === null ? {} : Object.fromEntries(form.replaced.map((name) => [name, bucket])),
      bucket,
      version: form.version === "" || faults.version !== null ? null : form.version,
      artifactVersions: form.artifactVersions,
      configuration: faults.configuration === null ? form.configuration : null,
    },
    artifacts: form.artifacts,
    overwrite: form.overwrite,
  };
}

/** The recipe's buckets that are no stand-ins, whether they are replaced or not. */
export function otherBuckets({ bucket, replaced }: PublishForm, check: ComponentCheck | undefined): string[] {
  const found = check?.recipe.artifacts.map(({ artifact }) => artifact.bucket) ?? [];
  const placeholders = check?.recipe.placeholders ?? [];
  return [...new Set([...replaced, ...found])].filter((name) => name !== bucket && !placeholders.includes(name)).sort();
}

/** Why it cannot be published yet, in a sentence; `null` where it can. */
export function whyNot(form: PublishForm, check: ComponentCheck | undefined): string | null {
  if (form.recipe.trim() === "") return "Open a recipe, or paste one.";
  if (Object.values(publishFaults(form)).some((fault) => fault !== null)) return "Mend the fields first.";
  if (!check) return "The recipe has to be checked first.";
  if (check.recipe.findings.some(({ severity }) => severity === "error")) return "Mend the errors first.";
  if (check.standing === "taken") return "This version is taken.";
  if (!form.overwrite && check.objects.some(({ state }) => state === "differs")) return "Objects are there with other bytes.";
  return null;
}
