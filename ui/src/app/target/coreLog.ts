import type { RunRow } from "~/ipc";

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
