import { Density, Mode, applyDensity, applyMode } from "@cloudscape-design/global-styles";
import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";

import { ipc, keys } from "~/ipc";

/** Applies theme and density from the settings, following the system's theme where the user leaves it to it. */
export function useLooks(): void {
  const { data: settings } = useQuery({ queryKey: keys.settings, queryFn: () => ipc.settingsGet() });
  const theme = settings?.theme ?? "system";
  const density = settings?.density ?? "compact";
  useEffect(() => {
    const system = window.matchMedia("(prefers-color-scheme: dark)");
    const apply = () => {
      const dark = theme === "dark" || (theme === "system" && system.matches);
      applyMode(dark ? Mode.Dark : Mode.Light);
      document.documentElement.style.colorScheme = dark ? "dark" : "light";
    };
    apply();
    system.addEventListener("change", apply);
    return () => system.removeEventListener("change", apply);
  }, [theme]);
  useEffect(() => applyDensity(density === "compact" ? Density.Compact : Density.Comfortable), [density]);
}
