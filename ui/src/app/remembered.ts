import { useCallback, useState } from "react";

import { useAppStatus } from "./connection";

function keptAt<T>(key: string | null, fallback: T, read: (kept: unknown) => T | null): T {
  const kept = key === null ? null : localStorage.getItem(key);
  if (kept === null) return fallback;
  try {
    return read(JSON.parse(kept)) ?? fallback;
  } catch {
    // Not JSON: written by something else, so it says nothing about this screen.
    return fallback;
  }
}

/**
 * State that is kept on this computer for the looks of a screen and for forms whose truth is not in the draft.
 * `read` judges what was kept: it returns `null` for anything that this version cannot use.
 *
 * The web view has one storage for all data folders, so that what is kept bears the id of its folder; until that is known
 * the fallback is shown.
 */
export function useRemembered<T>(name: string, fallback: T, read: (kept: unknown) => T | null): [T, (value: T) => void] {
  const folder = useAppStatus().data?.folder;
  const key = folder === undefined ? null : `overseed.${folder}.${name}`;
  const [held, setHeld] = useState(() => ({ key, value: keptAt(key, fallback, read) }));
  let shown = held;
  if (held.key !== key) {
    shown = { key, value: keptAt(key, fallback, read) };
    setHeld(shown);
  }
  const remember = useCallback(
    (value: T) => {
      if (key !== null) localStorage.setItem(key, JSON.stringify(value));
      setHeld({ key, value });
    },
    [key],
  );
  return [shown.value, remember];
}
