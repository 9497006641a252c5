/** Where a text is no JSON, and why. Web views tell it in words of their own, some without a place. */
export interface JsonFault {
  message: string;
  line: number;
  column: number;
}

export interface JsonRead {
  value: unknown;
  fault: JsonFault | null;
  /** Keys that stand twice in one object, as JSON pointers. */
  repeated: string[];
}

const NUMBER = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const WORDS = { true: true, false: false, null: null } as const;
/** The longest text that is quoted in a message. */
const QUOTED = 20;

class Fault extends Error {
  constructor(
    message: string,
    readonly at: number,
  ) {
    super(message);
  }
}

class Reader {
  at = 0;
  readonly repeated: string[] = [];

  constructor(private readonly text: string) {}

  whole(): unknown {
    const value = this.value("");
    this.space();
    if (this.at < this.text.length) throw this.fault(`${this.here()} stands behind the end of the JSON`);
    return value;
  }

  private value(path: string): unknown {
    this.space();
    const next = this.text[this.at];
    if (next === "{") return this.object(path);
    if (next === "[") return this.list(path);
    if (next === '"') return this.string();
    NUMBER.lastIndex = this.at;
    const number = NUMBER.exec(this.text);
    if (number) {
      this.at = NUMBER.lastIndex;
      return Number(number[0]);
    }
    for (const [word, value] of Object.entries(WORDS)) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return value;
      }
    }
    throw this.fault(
      next === "'" ? "texts stand in double quotes, not in single ones" : `a value is missing before ${this.here()}`,
    );
  }

  private object(path: string): unknown {
    this.at += 1;
    const object: Record<string, unknown> = {};
    this.space();
    if (this.take("}")) return object;
    for (;;) {
      this.space();
      if (this.text[this.at] !== '"') {
        throw this.fault(
          this.text[this.at] === "}"
            ? "a comma stands before the closing brace"
            : `a name in double quotes is missing before ${this.here()}`,
        );
      }
      const key = this.string();
      const own = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      if (Object.hasOwn(object, key)) this.repeated.push(own);
      this.space();
      if (!this.take(":")) throw this.fault(`a colon is missing before ${this.here()}`);
      const value = this.value(own);
      Object.defineProperty(object, key, { value, enumerable: true, configurable: true, writable: true });
      this.space();
      if (this.take("}")) return object;
      if (!this.take(",")) throw this.fault(`a comma or a closing brace is missing before ${this.here()}`);
    }
  }

  private list(path: string): unknown {
    this.at += 1;
    const list: unknown[] = [];
    this.space();
    if (this.take("]")) return list;
    for (;;) {
      this.space();
      if (this.text[this.at] === "]") throw this.fault("a comma stands before the closing bracket");
      list.push(this.value(`${path}/${list.length}`));
      this.space();
      if (this.take("]")) return list;
      if (!this.take(",")) throw this.fault(`a comma or a closing bracket is missing before ${this.here()}`);
    }
  }

  private string(): string {
    const from = this.at;
    for (let at = from + 1; at < this.text.length; at += 1) {
      const letter = this.text[at];
      if (letter === "\\") at += 1;
      else if (letter === '"') {
        this.at = at + 1;
        try {
          return JSON.parse(this.text.slice(from, at + 1)) as string;
        } catch {
          throw new Fault("a backslash stands before a letter that it cannot stand before", from);
        }
      } else if (letter !== undefined && letter < " ") {
        throw new Fault("a text goes on beyond the end of its line: close its quotes, or write \\n", at);
      }
    }
    throw new Fault("a text has no closing quotes", from);
  }

  private space(): void {
    while (this.at < this.text.length && " \t\r\n".includes(this.text[this.at] ?? "-")) this.at += 1;
  }

  private take(letter: string): boolean {
    if (this.text[this.at] !== letter) return false;
    this.at += 1;
    return true;
  }

  private here(): string {
    if (this.at >= this.text.length) return "the end";
    const word = /^[^\s,:{}[\]]+|./u.exec(this.text.slice(this.at, this.at + 2 * QUOTED))?.[0] ?? "";
    return word.length > QUOTED ? `${word.slice(0, QUOTED)}…` : word;
  }

  private fault(message: string): Fault {
    return new Fault(message, this.at);
  }
}

/** Reads JSON; a fault has its place, counted from 1. */
export function readJson(text: string): JsonRead {
  const reader = new Reader(text);
  try {
    return { value: reader.whole(), fault: null, repeated: reader.repeated };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const before = text.slice(0, error.at).split("\n");
    const column = (before.at(-1)?.length ?? 0) + 1;
    return { value: null, fault: { message: error.message, line: before.length, column }, repeated: reader.repeated };
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
