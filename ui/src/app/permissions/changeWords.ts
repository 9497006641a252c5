import { count } from "~/app/format";
import type { PermissionChange } from "~/ipc";

import type { Bundle } from "./bundles";

const SHORT: Record<string, string> = {
  role: "Create the role",
  trust: "Add to its trust policy",
  policy: "Put one inline policy",
  "delete-policy": "Delete the inline policy",
  create: "Make managed policies",
  version: "Update managed policies",
  attach: "Attach managed policies",
  detach: "Detach managed policies",
  delete: "Delete managed policies",
  bucket: "Change the bucket’s policy",
};

/** A change in few words, for where its whole title would take the room from what was found. */
export function inFewWords({ id, title }: PermissionChange): string {
  return SHORT[id] ?? SHORT[id.replace(/(-version)?-\d.*$/, "")] ?? title;
}

export function tooLarge({ size, limit }: PermissionChange): boolean {
  return limit > 0 && size > limit;
}

/** The calls, what is there now, and the size against the limit. */
export function inALine({ calls, main }: Bundle): string {
  const operations = [...new Set(calls.map(({ operation }) => operation))].join(", ");
  const now =
    main.before === null ? "nothing there now" : main.after === null ? "goes away" : "replaces what is there";
  const unit = main.operation.startsWith("s3:") ? "bytes" : "characters";
  const size = main.limit === 0 ? [] : [`${count(main.size)} of ${count(main.limit)} ${unit}`];
  const large = tooLarge(main) ? ["too large"] : [];
  const documents = main.before === null && main.after === null ? [] : [now];
  return [operations, ...documents, ...size, ...large].join(" · ");
}
