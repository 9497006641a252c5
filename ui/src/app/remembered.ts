import { useCallback, useState } from "react";

/**
 * State that is kept on this computer for the looks of a screen and for forms whose truth is not in the draft.
 * `read` judges what was kept: it returns `null` for anything that this version cannot use.
 */
export function useRemembered<T>(name: string, fallback: T, read: (kept: unknown) => T | null): [T, (value: T) => void] {
  const key = `overseed.${name}`;
  const [value, setValue] = useState<T>(() => {
    const kept = localStorage.getItem(key);
    if (kept === null) return fallback;
    try {
      return read(JSON.parse(kept)) ?? fallback;
    } catch {
      // Not JSON: written by something else, so it says nothing about this screen.
      return fallback;
    }
  });
  const remember = useCallback(
    (next: T) => {
      localStorage.setItem(key, JSON.stringify(next));
      setValue(next);
    },
    [key],
  );
  return [value, remember];
}
