import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { type Density, type Settings, type Theme, ipc, keys } from "~/ipc";

import { useFlash } from "./flash";

export const THEMES: { id: Theme; text: string }[] = [
  { id: "system", text: "As the system" },
  { id: "light", text: "Light" },
  { id: "dark", text: "Dark" },
];

export const DENSITIES: { id: Density; text: string }[] = [
  { id: "compact", text: "Compact" },
  { id: "comfortable", text: "Comfortable" },
];

/** The settings. A change takes effect at once and is taken back on the screen if it could not be stored. */
export function useSettings() {
  const client = useQueryClient();
  const { problem } = useFlash();
  const query = useQuery({ queryKey: keys.settings, queryFn: () => ipc.settingsGet() });
  const store = useMutation({
    mutationFn: (settings: Settings) => ipc.settingsSet(settings),
    onMutate: (settings) => {
      const before = client.getQueryData<Settings>(keys.settings);
      client.setQueryData(keys.settings, settings);
      return before;
    },
    onSuccess: (settings) => client.setQueryData(keys.settings, settings),
    onError: (error, _settings, before) => {
      client.setQueryData(keys.settings, before);
      problem(error);
    },
  });
  return { query, store: store.mutate };
}
