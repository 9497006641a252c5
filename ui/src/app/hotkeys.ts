import { useEffect, useEffectEvent } from "react";

/** The key that commands are given with: ⌘ on a Mac, Ctrl elsewhere. */
export const COMMAND = navigator.userAgent.includes("Mac") ? "⌘" : "Ctrl+";

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName));
}

/** Ctrl+K or ⌘K anywhere; `?` wherever no text is being typed and no dialog asks something. */
export function useHotkeys(onPalette: () => void, onKeys: () => void): void {
  const pressed = useEffectEvent((event: KeyboardEvent) => {
    const command = (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
    if (command && event.key.toLowerCase() === "k") {
      event.preventDefault();
      onPalette();
    } else if (event.key === "?" && !typing(event.target) && document.querySelector("[role=dialog]") === null) {
      event.preventDefault();
      onKeys();
    }
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => pressed(event);
    window.addEventListener("keydown", listen);
    return () => window.removeEventListener("keydown", listen);
  }, []);
}
