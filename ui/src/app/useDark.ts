import { useSyncExternalStore } from "react";

/** The class that Cloudscape's applyMode puts on the body. */
const DARK = "awsui-dark-mode";

function subscribe(changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class"] });
  return () => observer.disconnect();
}

/** Whether the dark theme is on, for what is drawn on a canvas and cannot follow style sheets. */
export function useDark(): boolean {
  return useSyncExternalStore(subscribe, () => document.body.classList.contains(DARK));
}
