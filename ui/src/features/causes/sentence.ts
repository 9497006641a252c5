import { count, counted } from "~/app/format";
import { hasEnded, totalOf } from "~/app/states";
import type { Cause, RunRow } from "~/ipc";

/** All of it in a sentence: "473 of 6,668 groups did not succeed, for 4 reasons". */
export function sentence(row: RunRow, causes: readonly Cause[]): string {
  const { succeeded, failed, unknown } = row.counts;
  const not = failed + unknown;
  const ended = succeeded + not;
  const soFar = hasEnded(row.state) ? "" : " so far";
  if (not === 0) {
    return ended === 0 ? "No group has ended yet" : `All ${counted(ended, "group")} that ended succeeded${soFar}`;
  }
  const of = ended === totalOf(row.counts) ? counted(ended, "group") : `${counted(ended, "group")} that ended`;
  const reasons = causes.length === 0 ? "" : `, for ${counted(causes.length, "reason")}`;
  const wordless = not - causes.reduce((sum, cause) => sum + cause.targets, 0);
  const rest = wordless > 0 ? `; of ${count(wordless)} AWS has said nothing` : "";
  return `${count(not)} of ${of} did not succeed${soFar}${reasons}${rest}`;
}

/** What to run on a core to read what Greengrass wrote about it (Developer Guide, "Monitoring with logs"). */
export function coreLogCommands(name: string, deployment: string | null, row: RunRow): string {
  const system = "/greengrass/ggc/var/log/system/runtime.log";
  return [
    `# On the core of ${name}:`,
    `sudo tail -n 200 ${system}`,
    ...(deployment === null ? [] : [`sudo grep -F '${deployment.replaceAll("'", "'\\''")}' ${system}`]),
    `sudo ls -lt /greengrass/ggc/var/log/user/${row.region}/${row.account}/`,
    "",
  ].join("\n");
}
