import type { ComponentCheck, ComponentRow, DeviceDraft, DraftRows, Published } from "~/ipc";
import { fakeIpc } from "~/testing/fakeIpc";
import type { Answers } from "~/testing/fakeIpc";
import { appStatus, deviceDraft } from "~/testing/fixtures";

function row(name: string, scope: "own" | "public", latestVersion: string): ComponentRow {
  return {
    name,
    arn: `arn:aws:greengrass:eu-west-1:${scope === "own" ? "000000000000" : "aws"}:components:${name}`,
    scope,
    latestVersion,
    publisher: scope === "own" ? "Amazon" : "AWS",
    description: null,
    platforms: ["linux"],
    createdAt: 1_700_000_000_000,
  };
}

export const draftRows: DraftRows = {
  opened: "press-lines.csv",
  format: "csv",
  rows: 2,
  values: ["site"],
  components: ["com.example.Camera"],
  findings: [],
  findingsTotal: 0,
  refusals: 0,
  sha256: "ab",
};

export function componentCheck(
  more: Partial<ComponentCheck> = {},
  recipe: Partial<ComponentCheck["recipe"]> = {},
): ComponentCheck {
  return {
    recipe: {
      name: "com.ml.consumer",
      version: "1.0.0",
      recipe: "ComponentName: com.ml.consumer\nComponentVersion: 1.0.0\n",
      format: "yaml",
      configuration: null,
      placeholders: [],
      artifacts: [],
      findings: [],
      ...recipe,
    },
    arn: "arn:aws:greengrass:eu-west-1:000000000000:components:com.ml.consumer:versions:1.0.0",
    versions: [],
    standing: "new",
    differences: [],
    proposed: null,
    objects: [],
    ...more,
  };
}

export const published: Published = {
  name: "com.ml.consumer",
  version: "1.0.0",
  arn: "arn:aws:greengrass:eu-west-1:000000000000:components:com.ml.consumer:versions:1.0.0",
  uploaded: ["s3://plant/consumer.py"],
  wasThere: false,
  findings: [],
};

const DEFAULTS = { ComponentConfiguration: { DefaultConfiguration: { Parameters: { device_name: "x" } } } };

/** A shell that keeps the draft as the engine does, with some components. */
export function shell(begin: Partial<DeviceDraft> = {}, more: Answers = {}) {
  let kept = deviceDraft({ step: "components", selected: 12, ...begin });
  return fakeIpc({
    appStatus: () => appStatus(),
    deviceDraftGet: () => kept,
    deviceDraftSet: (change) => {
      const said = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null && value !== undefined));
      kept = { ...kept, ...(said as Partial<DeviceDraft>) };
      return kept;
    },
    componentsList: (scope) =>
      scope === "own"
        ? [row("com.ml.consumer", "own", "1.0.0"), row("EdgeImpulseLinuxServiceComponent", "own", "1.0.0")]
        : [row("aws.greengrass.Cli", "public", "2.12.0")],
    componentVersions: (component) =>
      (component.endsWith("Cli") ? ["2.12.0", "2.9.0"] : ["1.0.0"]).map((version) => ({
        version,
        arn: `${component}:versions:${version}`,
      })),
    componentShow: (arn, yaml) => ({
      name: arn.split(":").at(-3) ?? "",
      version: arn.split(":").at(-1) ?? "",
      arn,
      state: "DEPLOYABLE",
      words: [],
      publisher: "Amazon",
      description: "A component",
      createdAt: 1_700_000_000_000,
      recipe: yaml ? "ComponentName: shown\n" : JSON.stringify(DEFAULTS),
      artifacts: ["s3://plant/consumer.py"],
      tags: {},
    }),
    bucketsList: () => [{ name: "plant", region: "eu-west-1", createdAt: null }],
    jobWatch: () => 1,
    watchEnd: () => null,
    ...more,
  });
}
