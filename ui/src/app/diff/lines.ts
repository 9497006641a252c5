import { diffLines } from "diff";

/** One line of a comparison; unchanged lines stand in both texts. */
export interface Line {
  kind: "same" | "added" | "removed";
  text: string;
}

/** Lines that are shown, or a number of unchanged ones that are folded away. */
export type Piece = { kind: "lines"; lines: Line[] } | { kind: "fold"; lines: Line[] };

const AROUND = 3;
/** Fewer unchanged lines than this are not worth a fold. */
const WORTH = 5;

export function compare(before: string, after: string): Line[] {
  const end = (text: string) => (text === "" || text.endsWith("\n") ? text : `${text}\n`);
  return diffLines(end(before), end(after)).flatMap((part) => {
    const kind = part.added ? "added" : part.removed ? "removed" : "same";
    return part.value
      .replace(/\n$/, "")
      .split("\n")
      .map((text) => ({ kind, text }) satisfies Line);
  });
}

/** Folds unchanged lines that lie further than three lines from any change. */
export function fold(lines: readonly Line[]): Piece[] {
  const near = lines.map(() => false);
  lines.forEach((line, at) => {
    if (line.kind === "same") return;
    near.fill(true, Math.max(0, at - AROUND), Math.min(lines.length, at + AROUND + 1));
  });
  const pieces: Piece[] = [];
  let from = 0;
  for (let at = 1; at <= lines.length; at += 1) {
    if (at < lines.length && near[at] === near[from]) continue;
    const part = lines.slice(from, at);
    pieces.push({ kind: near[from] || part.length < WORTH ? "lines" : "fold", lines: part });
    from = at;
  }
  return pieces;
}

/** "3 added, 1 removed". */
export function inWords(lines: readonly Line[]): string {
  const of = (kind: Line["kind"]) => lines.filter((line) => line.kind === kind).length;
  return `${of("added")} ${of("added") === 1 ? "line" : "lines"} added, ${of("removed")} removed`;
}

/** The first lines of all pieces, as many as `most`. */
export function first(pieces: readonly Piece[], most: number): Piece[] {
  let left = most;
  return pieces.flatMap((piece): Piece[] => {
    if (left <= 0) return [];
    if (piece.kind === "fold") return [piece];
    const lines = piece.lines.slice(0, left);
    left -= lines.length;
    return [{ kind: piece.kind, lines }];
  });
}

/** A line of each side: what was removed beside what was added, unchanged lines beside themselves. */
export interface Pair {
  now: Line | null;
  proposed: Line | null;
}

export function pairs(lines: readonly Line[]): Pair[] {
  const made: Pair[] = [];
  let removed: Line[] = [];
  let added: Line[] = [];
  const flush = () => {
    for (let at = 0; at < Math.max(removed.length, added.length); at += 1) {
      made.push({ now: removed[at] ?? null, proposed: added[at] ?? null });
    }
    removed = [];
    added = [];
  };
  for (const line of lines) {
    if (line.kind === "removed") removed.push(line);
    else if (line.kind === "added") added.push(line);
    else {
      flush();
      made.push({ now: line, proposed: line });
    }
  }
  flush();
  return made;
}
