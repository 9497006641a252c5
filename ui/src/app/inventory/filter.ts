import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";

import type { Filter } from "~/ipc";

export const TEXT = [":", "!:", "=", "!=", "^", "!^"] as const;
export const WORD = ["=", "!="] as const;
export const TIME = ["<", "<=", ">", ">="] as const;
export const TIMES_LABEL = "Times (2026-11-21, or 7d for 7 days ago)";

/** What the filter offers for a property. */
export function optionsOf(propertyKey: string, values: readonly string[]): PropertyFilterProps.FilteringOption[] {
  return values.map((value) => ({ propertyKey, value }));
}

export const YES_NO = ["yes", "no"];
export const TIMES = ["1h", "24h", "7d", "30d"];

export const EMPTY_QUERY: PropertyFilterProps.Query = { operation: "and", tokens: [] };

/** Cloudscape's query as the engine takes it; free text has no property. */
export function filterOf(query: PropertyFilterProps.Query): Filter {
  return {
    operation: query.operation,
    tokens: query.tokens.map(({ propertyKey, operator, value }) => ({
      property: propertyKey ?? null,
      operator,
      value: String(value),
    })),
  };
}

/** A filter by one property. */
export function exactly(propertyKey: string, value: string): PropertyFilterProps.Query {
  return { operation: "and", tokens: [{ propertyKey, operator: "=", value }] };
}

/** A query kept from earlier, if it is one. */
export function readQuery(kept: unknown): PropertyFilterProps.Query | null {
  if (typeof kept !== "object" || kept === null) return null;
  const { operation, tokens } = kept as Partial<PropertyFilterProps.Query>;
  const whole = (operation === "and" || operation === "or") && Array.isArray(tokens);
  return whole && tokens.every(({ operator, value }) => operator && typeof value === "string") ? { operation, tokens } : null;
}
