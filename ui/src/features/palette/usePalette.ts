import { useMutation, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";

import { useConnection } from "~/app/connection";
import { useFlash } from "~/app/flash";
import { useRemembered } from "~/app/remembered";
import { DENSITIES, THEMES, useSettings } from "~/app/settings";
import type { WizardStep } from "~/app/wizard";
import { ipc, keys } from "~/ipc";

import { type Entry, type Kind, type Recent, found, readRecents, remember, runEntries } from "./entries";
import { useFoundTargets } from "./useFoundTargets";

const MOST = 6;

function useActions(showKeys: () => void): Entry[] {
  const { query, store } = useSettings();
  const { problem, success } = useFlash();
  const diagnostics = useMutation({
    mutationFn: () => ipc.diagnosticsExport(),
    onSuccess: (path) => {
      if (path !== null) success(`Diagnostics saved as ${path}`);
    },
    onError: (error) => problem(error),
  });
  const settings = query.data;
  const looks: Entry[] = settings
    ? [
        ...THEMES.filter(({ id }) => id !== settings.theme).map(({ id, text }) => ({
          id: `theme:${id}`,
          kind: "Actions" as const,
          label: `Theme: ${text.toLowerCase()}`,
          detail: "Looks of the window",
          act: () => store({ ...settings, theme: id }),
        })),
        ...DENSITIES.filter(({ id }) => id !== settings.density).map(({ id, text }) => ({
          id: `density:${id}`,
          kind: "Actions" as const,
          label: `Density: ${text.toLowerCase()}`,
          detail: "How much fits on a screen",
          act: () => store({ ...settings, density: id }),
        })),
      ]
    : [];
  return [
    ...looks,
    {
      id: "diagnostics",
      kind: "Actions",
      label: "Save diagnostics…",
      detail: "Version, settings, counts and logs, without secrets",
      act: () => diagnostics.mutate(),
    },
    { id: "keys", kind: "Actions", label: "Keyboard shortcuts", detail: "What the keys do", act: showKeys },
  ];
}

const SCREENS: Entry[] = [
  { id: "screen:new", kind: "Screens", label: "New deployment", detail: "The wizard, where it was left", to: "/new" },
  { id: "screen:runs", kind: "Screens", label: "Runs", detail: "All runs, and bulk deployments of the account", to: "/runs" },
  { id: "screen:settings", kind: "Screens", label: "Settings", detail: "Looks, notifications, data", to: "/settings" },
];

const ORDER: Kind[] = ["Recent", "Runs", "Groups", "Devices", "Steps", "Screens", "Actions"];

interface Section {
  kind: Kind;
  entries: Entry[];
}

/** What the palette offers for a text, and how a choice is remembered. */
export function usePalette(typed: string, steps: readonly WizardStep[], showKeys: () => void) {
  const connected = useConnection() !== null;
  const [recents, setRecents] = useRemembered<Recent[]>("palette.recent", [], readRecents);
  const text = useDeferredValue(typed.trim());
  const runs = useQuery({ queryKey: keys.runsList, queryFn: () => ipc.runsList() });
  const targets = useFoundTargets(text, MOST, connected);
  const actions = useActions(showKeys);
  const stepEntries = steps.map(({ id, title }, at) => ({
    id: `step:${id}`,
    kind: "Steps" as const,
    label: title,
    detail: `Step ${at + 1} of a new deployment`,
    to: `/new/${id}`,
  }));
  const recent = recents.map((one) => ({ ...one, kind: "Recent" as const }));
  const known = new Map<Kind, Entry[]>([
    ["Recent", text === "" ? recent : []],
    ["Runs", found(runEntries(runs.data ?? []), text, MOST)],
    [targets.kind, targets.entries],
    ["Steps", found(stepEntries, text, steps.length)],
    ["Screens", found(SCREENS, text, MOST)],
    ["Actions", found(actions, text, MOST)],
  ]);
  const all: Section[] = ORDER.map((kind) => ({ kind, entries: known.get(kind) ?? [] })).filter(
    ({ entries }) => entries.length > 0,
  );
  // What begins with the text is meant before what only holds it.
  const begins = ({ entries }: Section) => entries[0]?.label.toLowerCase().startsWith(text.toLowerCase()) ?? false;
  const sections = [...all.filter(begins), ...all.filter((section) => !begins(section))];
  return {
    sections,
    searching: targets.searching ? targets.kind.toLowerCase() : null,
    error: targets.error ?? runs.error,
    chosen: ({ id, label, detail, to }: Entry) => {
      if (to !== undefined) setRecents(remember(recents, { id, label, detail, to }));
    },
  };
}
