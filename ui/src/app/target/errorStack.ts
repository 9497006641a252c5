/** What a device tells of a failure beside its words, as the engine keeps it among a target's details. */
export interface Told {
  /** Error codes, from general to specific. */
  stack: string[];
  /** The types of the codes. */
  types: string[];
  /** Everything else. */
  rest: string[];
}

const STACK = "Error codes: ";
const TYPES = "Error types: ";

/** Takes the details of a failed V2 target apart. */
export function toldBy(details: readonly string[]): Told {
  const told: Told = { stack: [], types: [], rest: [] };
  for (const detail of details) {
    if (detail.startsWith(STACK)) told.stack = detail.slice(STACK.length).split(" > ");
    else if (detail.startsWith(TYPES)) told.types = detail.slice(TYPES.length).split(", ");
    else told.rest.push(detail);
  }
  return told;
}
