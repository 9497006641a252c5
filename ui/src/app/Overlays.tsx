import { useState } from "react";

import { ClosingModal } from "~/features/closing/ClosingModal";
import { Keys } from "~/features/palette/Keys";
import { Palette } from "~/features/palette/Palette";

import { useGeneration } from "./generation";
import { useHotkeys } from "./hotkeys";
import { steps } from "./steps";

/** What may come up over any screen. */
export function useOverlays() {
  const [shown, setShown] = useState<"palette" | "keys" | null>(null);
  const { generation } = useGeneration();
  const dismiss = () => setShown(null);
  useHotkeys(
    () => setShown((now) => (now === "palette" ? null : "palette")),
    () => setShown("keys"),
  );
  const overlays = (
    <>
      <ClosingModal />
      {shown === "palette" && (
        <Palette
          steps={steps[generation]}
          onDismiss={() => setShown((now) => (now === "palette" ? null : now))}
          onKeys={() => setShown("keys")}
        />
      )}
      {shown === "keys" && <Keys onDismiss={dismiss} />}
    </>
  );
  return { overlays, openPalette: () => setShown("palette") };
}
