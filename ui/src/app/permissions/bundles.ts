import type { PermissionChange } from "~/ipc";

/** The changes of one role, policy or bucket, in the order of their calls. */
export interface Bundle {
  /** The id of the change that tells what it is about. */
  id: string;
  title: string;
  /** The change with the documents, where one has any. */
  main: PermissionChange;
  calls: PermissionChange[];
}

/** All calls about the managed policy of a number: `create-3`, `attach-3`, `delete-version-3-v2`. */
const OF_POLICY = /^(?:create|version|delete-version|delete|attach|detach)-(\d+)/;

function hasDocument(change: PermissionChange): boolean {
  return change.before !== null || change.after !== null;
}

/** Puts calls about the same managed policy together: making and attaching it is one thing to whoever reads it. */
export function bundles(changes: readonly PermissionChange[]): Bundle[] {
  const found: { policy: string | undefined; calls: PermissionChange[] }[] = [];
  for (const change of changes) {
    const policy = OF_POLICY.exec(change.id)?.[1];
    const same = policy === undefined ? undefined : found.find((one) => one.policy === policy);
    if (same) same.calls.push(change);
    else found.push({ policy, calls: [change] });
  }
  return found.flatMap(({ calls }) => {
    const main = calls.find(hasDocument) ?? calls[0];
    return main === undefined ? [] : [{ id: main.id, title: main.title, main, calls }];
  });
}

export function isShown(bundle: Bundle): boolean {
  return hasDocument(bundle.main);
}
