import { createContext, use, useEffect, useMemo, useState } from "react";
import type { ReactNode } from "react";

interface Help {
  content: ReactNode;
  open: boolean;
  setContent: (content: ReactNode) => void;
  setOpen: (open: boolean) => void;
}

const HelpContext = createContext<Help | null>(null);

export function HelpProvider({ children }: { children: ReactNode }) {
  const [content, setContent] = useState<ReactNode>(null);
  const [open, setOpen] = useState(false);
  const value = useMemo(() => ({ content, open, setContent, setOpen }), [content, open]);
  return <HelpContext value={value}>{children}</HelpContext>;
}

export function useHelp(): Help {
  const help = use(HelpContext);
  if (!help) throw new Error("useHelp needs HelpProvider");
  return help;
}

/** Makes this the help panel's content while the screen is shown. The content must not change on each render. */
export function useHelpContent(content: ReactNode): void {
  const { setContent } = useHelp();
  useEffect(() => {
    setContent(content);
    return () => setContent(null);
  }, [content, setContent]);
}
