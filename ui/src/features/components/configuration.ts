import { isObject, readJson } from "./json";
import { places } from "./template";

/** The name that each device fills with its own, whatever rows there are. */
export const THING_NAME = "thingName";

export interface ConfigurationCheck {
  /** Why it cannot be taken, in a sentence. */
  fault: string | null;
  /** What is most likely not meant. */
  doubt: string | null;
  /** Whether its values belong below `Parameters`. */
  unwrapped: boolean;
}

/** What may stand beside `Parameters`: `accessControl` is read by the nucleus itself. */
const BESIDE = ["Parameters", "accessControl"];

/** Whether the component's program reads its configuration below `Parameters` (the recipes of Edge Impulse). */
function isWrapped(component: string, defaults: unknown): boolean {
  if (component.toLowerCase().includes("edgeimpulse")) return true;
  return isObject(defaults) && isObject(defaults.Parameters) && Object.keys(defaults).every((key) => BESIDE.includes(key));
}

/** What is wrong with a text as a JSON object; `null` where nothing is, or nothing is written. */
export function objectFault(text: string): string | null {
  if (text.trim() === "") return null;
  const { value, fault, repeated } = readJson(text);
  if (fault) return `Line ${fault.line}, column ${fault.column}: ${fault.message}.`;
  if (!isObject(value)) return "This is JSON, but no object. Put it in braces.";
  const [twice] = repeated;
  return twice === undefined ? null : `${twice} stands twice. Leave one of them: only the last would count.`;
}

/** Judges what is merged into a component's configuration; `values` are the names that rows give. */
export function checkConfiguration(
  text: string,
  component: string,
  values: readonly string[],
  defaults: unknown,
): ConfigurationCheck {
  const fault = objectFault(text);
  if (fault !== null || text.trim() === "") return { fault, doubt: null, unwrapped: false };
  const { value } = readJson(text);
  const { names, unclosed } = places(value);
  if (unclosed !== null) {
    const message = `A brace before “${unclosed}” is not closed. Write {${unclosed}}, or {{ for a brace.`;
    return { fault: message, doubt: null, unwrapped: false };
  }
  const beside = isObject(value) ? Object.keys(value).filter((key) => !BESIDE.includes(key)) : [];
  const unwrapped = beside.length > 0 && isWrapped(component, defaults);
  if (unwrapped) {
    const message = `This component reads its configuration below Parameters, where ${beside.join(", ")} would not be.`;
    return { fault: message, doubt: null, unwrapped };
  }
  const unknown = names.filter((name) => name !== THING_NAME && !values.includes(name));
  const doubt =
    unknown.length === 0
      ? null
      : `Devices have no value for ${unknown.map((name) => `{${name}}`).join(", ")} yet: give one in a column of the rows.`;
  return { fault: null, doubt, unwrapped };
}

/** The same text below `Parameters`; numbers and order stay as they were written. */
export function wrapped(text: string): string {
  const inner = text.trim().split("\n").join("\n  ");
  return `{\n  "Parameters": ${inner}\n}`;
}

/** JSON with a line for each value. */
export function spread(value: unknown): string {
  return JSON.stringify(value, null, 2);
}

/** The default configuration that a recipe in JSON has. */
export function defaultsOf(recipe: string): unknown {
  const { value } = readJson(recipe);
  if (!isObject(value) || !isObject(value.ComponentConfiguration)) return null;
  return value.ComponentConfiguration.DefaultConfiguration ?? null;
}
