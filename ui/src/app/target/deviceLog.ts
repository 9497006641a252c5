import type { TargetRow } from "~/ipc";

/** Where a nucleus writes its own log and those of components (V2 Developer Guide, "Monitor AWS IoT Greengrass logs"). */
const LOGS = "/greengrass/v2/logs";

/** As the shell takes it literally. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

/** What to run on a core device to read what the nucleus and the components wrote about a deployment. */
export function deviceLogCommands(
  { target, deployment }: Pick<TargetRow, "target" | "deployment">,
  components: readonly string[] = [],
): string {
  return [
    `# On the core device ${target}:`,
    `sudo tail -n 200 ${LOGS}/greengrass.log`,
    ...(deployment === null ? [] : [`sudo grep -F ${quoted(deployment)} ${LOGS}/greengrass.log`]),
    ...(components.length === 0
      ? [`sudo ls -lt ${LOGS}/    # one file a component: COMPONENT.log`]
      : components.map((component) => `sudo tail -n 100 ${quoted(`${LOGS}/${component}.log`)}`)),
    "",
  ].join("\n");
}
