import type { RecipeFinding } from "~/ipc";

/** Findings of one kind, of which the first is shown. */
export interface Gathered extends RecipeFinding {
  more: RecipeFinding[];
}

/** Of so many of one kind and with one remedy, all but the first are folded away: seven artifacts that are not there
 * must not hide what else was found. */
const MANY = 3;

function kindOf({ code, severity, remedy, secret }: RecipeFinding): string {
  return JSON.stringify([code, severity, remedy, secret]);
}

export function gathered(findings: readonly RecipeFinding[]): Gathered[] {
  const kinds = new Map<string, RecipeFinding[]>();
  for (const finding of findings) kinds.set(kindOf(finding), [...(kinds.get(kindOf(finding)) ?? []), finding]);
  return findings.flatMap((finding) => {
    const alike = kinds.get(kindOf(finding)) ?? [];
    if (alike.length < MANY) return [{ ...finding, more: [] }];
    return alike[0] === finding ? [{ ...finding, more: alike.slice(1) }] : [];
  });
}
