const INDENT = "  ";

/**
 * JSON with a line for each value. Only white space is changed: what is deployed is the text, and a number with many
 * digits would not survive being read and written.
 */
export function prettyJson(text: string): string {
  let out = "";
  let depth = 0;
  let at = 0;
  const line = () => `\n${INDENT.repeat(depth)}`;
  while (at < text.length) {
    const char = text.charAt(at);
    if (char === '"') {
      const end = endOfText(text, at);
      out += text.slice(at, end);
      at = end;
      continue;
    }
    if (char === "{" || char === "[") {
      const close = char === "{" ? "}" : "]";
      const next = text.slice(at + 1).search(/\S/) + at + 1;
      if (text.charAt(next) === close) {
        out += char + close;
        at = next + 1;
        continue;
      }
      depth += 1;
      out += char + line();
    } else if (char === "}" || char === "]") {
      depth = Math.max(0, depth - 1);
      out += line() + char;
    } else if (char === ",") {
      out += char + line();
    } else if (char === ":") {
      out += ": ";
    } else if (!/\s/.test(char)) {
      out += char;
    }
    at += 1;
  }
  return out;
}

/** The place behind the text that begins here. */
function endOfText(text: string, from: number): number {
  let at = from + 1;
  while (at < text.length && text.charAt(at) !== '"') at += text.charAt(at) === "\\" ? 2 : 1;
  return Math.min(text.length, at + 1);
}
