import { short } from "~/app/figures";
import { count } from "~/app/format";
import { runWord, totalOf } from "~/app/states";
import type { DeviceRow, GroupRow, RunRow } from "~/ipc";

export type Kind = "Recent" | "Steps" | "Screens" | "Runs" | "Groups" | "Devices" | "Actions";

/** Something that the palette can open or do. */
export interface Entry {
  id: string;
  kind: Kind;
  label: string;
  detail: string;
  /** Where it leads; an entry without does something instead. */
  to?: string;
  act?: () => void;
}

/** What of an entry is remembered: where it led. */
export type Recent = Pick<Entry, "id" | "label" | "detail"> & { to: string };

export const RECENTS = 6;

/** Entries kept from earlier, as far as this version can use them. */
export function readRecents(kept: unknown): Recent[] | null {
  if (!Array.isArray(kept)) return null;
  const whole = (one: Partial<Recent> | null) =>
    [one?.id, one?.label, one?.detail, one?.to].every((part) => typeof part === "string");
  return (kept as (Partial<Recent> | null)[]).filter(whole).slice(0, RECENTS) as Recent[];
}

export function remember(recents: readonly Recent[], { id, label, detail, to }: Recent): Recent[] {
  return [{ id, label, detail, to }, ...recents.filter((one) => one.id !== id)].slice(0, RECENTS);
}

/** Whether each word of the text is somewhere in the entry. */
export function matches(entry: Entry, text: string): boolean {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const where = `${entry.kind} ${entry.label} ${entry.detail} ${entry.id}`.toLowerCase();
  return words.every((word) => where.includes(word));
}

/** Those that match, with labels that begin with the text first. */
export function found(entries: readonly Entry[], text: string, most: number): Entry[] {
  const begin = text.trim().toLowerCase();
  const all = entries.filter((entry) => matches(entry, text));
  const first = all.filter(({ label }) => label.toLowerCase().startsWith(begin));
  return [...first, ...all.filter((entry) => !first.includes(entry))].slice(0, most);
}

export function runEntries(runs: readonly RunRow[]): Entry[] {
  return runs.flatMap((run) => {
    const name = run.name || `Run ${short(run.id)}`;
    const to = `/runs/${encodeURIComponent(run.id)}`;
    const outcome = `${count(run.counts.succeeded)} of ${count(totalOf(run.counts))} succeeded`;
    const detail = `${runWord(run.state, run.counts).label} · ${outcome} · ${run.account} ${run.region}`;
    const watch: Entry = { id: `run:${run.id}`, kind: "Runs", label: name, detail, to };
    const failures = run.counts.failed + run.counts.unknown;
    if (failures === 0) return [watch];
    return [
      watch,
      {
        id: `causes:${run.id}`,
        kind: "Runs",
        label: `Causes of ${name}`,
        detail: `${count(failures)} did not succeed`,
        to: `${to}/causes`,
      },
    ];
  });
}

export function groupEntries(groups: readonly GroupRow[]): Entry[] {
  return groups.map(({ id, name, selected }) => ({
    id: `group:${id}`,
    kind: "Groups",
    label: name || id,
    detail: `${id}${selected ? " · selected" : ""}`,
    to: `/new/groups?find=${encodeURIComponent(id)}`,
  }));
}

export function deviceEntries(devices: readonly DeviceRow[]): Entry[] {
  return devices.map(({ thingName, status, platform, architecture, selected }) => ({
    id: `device:${thingName}`,
    kind: "Devices",
    label: thingName,
    detail: [status, [platform, architecture].filter(Boolean).join(" "), selected ? "selected" : null].filter(Boolean).join(" · "),
    to: `/new/devices?find=${encodeURIComponent(thingName)}`,
  }));
}
