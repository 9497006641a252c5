/** Letters, digits, `_`, `-`, `.` and spaces, a letter or `_` first: what can be filled for each device. */
const NAME = /^[\p{Alphabetic}_][\p{Alphabetic}\p{N}_\-. ]*/u;

interface Places {
  /** The names that are filled for each device. */
  names: string[];
  /** A name whose brace is never closed. */
  unclosed: string | null;
}

/** The places of one text. Braces around anything but a name are text like any other; `{{` is one brace. */
function placesOf(text: string): Places {
  const names: string[] = [];
  let at = text.indexOf("{");
  while (at >= 0) {
    const after = text.slice(at + 1);
    const name = NAME.exec(after)?.[0] ?? "";
    if (after.startsWith("{")) at += 1;
    else if (name !== "" && after[name.length] === "}") {
      names.push(name);
      at += name.length + 1;
    } else if (name !== "" && name.length === after.length) return { names, unclosed: name };
    at = text.indexOf("{", at + 1);
  }
  return { names, unclosed: null };
}

/** The places of all texts within a value; keys are not filled. */
export function places(value: unknown): Places {
  if (typeof value === "string") return placesOf(value);
  if (typeof value !== "object" || value === null) return { names: [], unclosed: null };
  const all = Object.values(value).map(places);
  return {
    names: [...new Set(all.flatMap(({ names }) => names))],
    unclosed: all.find(({ unclosed }) => unclosed !== null)?.unclosed ?? null,
  };
}
