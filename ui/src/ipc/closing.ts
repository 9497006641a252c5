import { useEffect, useState } from "react";

import { commands } from "./bindings";
import type { ClosingQuestion } from "./bindings";
import { watch } from "./watch";

/** The question that stands before the window closes, and how to take it from the screen. */
export function useClosing(): [ClosingQuestion | null, () => void] {
  const [question, setQuestion] = useState<ClosingQuestion | null>(null);
  useEffect(
    () =>
      watch<ClosingQuestion>(
        (channel) => commands.closingWatch(channel),
        (next) => setQuestion(next),
      ),
    [],
  );
  return [question, () => setQuestion(null)];
}
