import type { RunRow, TargetRow } from "~/ipc";

import { coreLogCommands } from "./coreLog";
import { deviceLogCommands } from "./deviceLog";

/** What to run where a target is, to read what Greengrass wrote there. */
export function logCommands(row: RunRow, target: TargetRow, components: readonly string[] = []): string {
  return row.generation === "v2"
    ? deviceLogCommands(target, components)
    : coreLogCommands(target.name ?? target.target, target.deployment, row);
}
