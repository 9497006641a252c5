import type { CollectionPreferencesProps } from "@cloudscape-design/components/collection-preferences";

import type { TargetKind } from "./kind";

export interface Looks {
  pageSize: number;
  display: readonly { id: string; visible: boolean }[];
  striped: boolean;
}

const SIZES = [20, 50, 100, 200];

type Kind = Pick<TargetKind<never, string>, "columns" | "hidden" | "many">;

export function looksOf({ columns, hidden }: Kind): Looks {
  const display = columns.map(({ id }) => ({ id: String(id), visible: !hidden.includes(String(id)) }));
  return { pageSize: SIZES[0] ?? 20, display, striped: false };
}

/** Judges looks kept from earlier: they have to name exactly the columns that there are. */
export function looksReader({ columns }: Kind): (kept: unknown) => Looks | null {
  const known = columns.map(({ id }) => String(id)).sort();
  return (kept) => {
    if (typeof kept !== "object" || kept === null) return null;
    const { pageSize, display, striped } = kept as Partial<Looks>;
    if (!SIZES.some((size) => size === pageSize) || !Array.isArray(display)) return null;
    const ids = display.map((item: { id?: unknown }) => String(item?.id)).sort();
    return ids.join() === known.join() ? ({ pageSize, display, striped: striped === true } as Looks) : null;
  };
}

export function pageSizes(many: string): CollectionPreferencesProps.PageSizeOption[] {
  return SIZES.map((value) => ({ value, label: `${value} ${many}` }));
}

export function contentDisplay({ columns }: Kind): CollectionPreferencesProps.ContentDisplayPreference {
  return {
    title: "Columns",
    options: columns.map(({ id, header, isRowHeader }) => ({
      id: String(id),
      label: typeof header === "string" ? header : String(id),
      ...(isRowHeader && { alwaysVisible: true }),
    })),
  };
}
