import type { FlashbarProps } from "@cloudscape-design/components/flashbar";
import { createContext, use, useCallback, useMemo, useState } from "react";
import type { ReactNode } from "react";

import { isProblem, problemOf } from "~/ipc";

import { ProblemText } from "./parts/ProblemText";

interface Flash {
  items: FlashbarProps.MessageDefinition[];
  /** Shows a refusal with its remedy. What the user cancelled is no news. */
  problem: (error: unknown, retry?: () => void) => void;
  /** Tells what has been done; it is gone with the next screen. */
  success: (text: string) => void;
  /** News that is neither good nor bad. */
  note: (text: string) => void;
  clear: () => void;
  /** Takes away what was told of a screen that is left. */
  left: () => void;
}

const FlashContext = createContext<Flash | null>(null);

let last = 0;

export function FlashProvider({ children }: { children: ReactNode }) {
  const [items, setItems] = useState<FlashbarProps.MessageDefinition[]>([]);
  const dismiss = useCallback((id: string) => setItems((all) => all.filter((item) => item.id !== id)), []);
  const add = useCallback(
    (key: string, item: FlashbarProps.MessageDefinition) => {
      const id = `${key}#${(last += 1)}`;
      const shown = { ...item, id, dismissible: true, onDismiss: () => dismiss(id) };
      // The same message twice is one message.
      setItems((all) => [shown, ...all.filter((other) => other.id?.split("#")[0] !== key)].slice(0, 5));
      return id;
    },
    [dismiss],
  );
  const problem = useCallback(
    (error: unknown, retry?: () => void) => {
      if (isProblem(error, "cancelled")) return;
      const { message, ...rest } = problemOf(error);
      const id = add(`problem:${rest.code}:${message}`, {
        type: "error",
        header: message,
        content: <ProblemText problem={{ message, ...rest }} withoutMessage />,
        ...(retry && {
          buttonText: "Try again",
          onButtonClick: () => {
            dismiss(id);
            retry();
          },
        }),
      });
    },
    [add, dismiss],
  );
  const success = useCallback((text: string) => void add(`success:${text}`, { type: "success", content: text }), [add]);
  const note = useCallback((text: string) => void add(`note:${text}`, { type: "info", content: text }), [add]);
  const clear = useCallback(() => setItems([]), []);
  const left = useCallback(() => setItems((all) => all.filter(({ type }) => type === "error")), []);
  const value = useMemo(() => ({ items, problem, success, note, clear, left }), [items, problem, success, note, clear, left]);
  return <FlashContext value={value}>{children}</FlashContext>;
}

export function useFlash(): Flash {
  const flash = use(FlashContext);
  if (!flash) throw new Error("useFlash needs FlashProvider");
  return flash;
}
