import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import type { QueryClient } from "@tanstack/react-query";
import { createContext, use, useEffect, useMemo } from "react";
import type { ReactNode } from "react";

import { ipc, keys } from "~/ipc";
import type { Draft, DraftChange } from "~/ipc";

import { useFlash } from "./flash";

const PAUSE_MILLIS = 300;

/** Stores what is typed: at once on the screen, in the store after a short pause or when asked to. */
class DraftWriter {
  private pending: DraftChange = {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();
  /** The wizard's step that was shown last, since the window was opened; the draft does not keep that it was Connect. */
  private shown: string | null = null;

  constructor(
    private readonly client: QueryClient,
    private readonly onProblem: (error: unknown) => void,
  ) {}

  /** The engine's draft with what is not stored yet on top. */
  merge(draft: Draft): Draft {
    const typed = Object.fromEntries(Object.entries(this.pending).filter(([, value]) => value !== undefined && value !== null));
    return { ...draft, ...typed };
  }

  change(change: DraftChange): void {
    this.pending = { ...this.pending, ...change };
    this.client.setQueryData<Draft>(keys.draft, (draft) => draft && this.merge(draft));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), PAUSE_MILLIS);
  }

  lastShown(): string | null {
    return this.shown;
  }

  shows(step: string): void {
    this.shown = step;
  }

  /** Takes over a draft that other work answered: where the wizard is by now is known better here. */
  take(draft: Draft): void {
    this.client.setQueryData<Draft>(keys.draft, (present) => ({ ...this.merge(draft), step: present?.step ?? draft.step }));
  }

  flush(): Promise<void> {
    clearTimeout(this.timer);
    if (Object.keys(this.pending).length === 0) return this.writing;
    const change = this.pending;
    this.writing = this.writing.then(async () => {
      try {
        const stored = await ipc.draftSet(change);
        if (this.pending === change) this.pending = {};
        this.client.setQueryData<Draft>(keys.draft, this.merge(stored));
      } catch (error) {
        this.onProblem(error);
      }
    });
    return this.writing;
  }
}

interface DraftContextValue {
  /** Changes what was typed; the store follows. */
  change: (change: DraftChange) => void;
  /** Waits until everything typed is in the store. */
  flush: () => Promise<void>;
  merge: (draft: Draft) => Draft;
  /** Shows a draft that a command answered, with what was typed since, in the step that is open. */
  take: (draft: Draft) => void;
  /** The wizard's step that was shown last, if any was since the window was opened. */
  lastShown: () => string | null;
  /** Remembers that this step is shown. */
  shows: (step: string) => void;
}

const DraftContext = createContext<DraftContextValue | null>(null);

export function DraftProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { problem } = useFlash();
  const writer = useMemo(() => new DraftWriter(client, problem), [client, problem]);
  const value = useMemo(
    () => ({
      change: (change: DraftChange) => writer.change(change),
      flush: () => writer.flush(),
      merge: (draft: Draft) => writer.merge(draft),
      take: (draft: Draft) => writer.take(draft),
      lastShown: () => writer.lastShown(),
      shows: (step: string) => writer.shows(step),
    }),
    [writer],
  );
  useEffect(() => {
    const flush = () => void writer.flush();
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [writer]);
  return <DraftContext value={value}>{children}</DraftContext>;
}

export function useDraftWriter(): DraftContextValue {
  const writer = use(DraftContext);
  if (!writer) throw new Error("useDraftWriter needs DraftProvider");
  return writer;
}

/** The draft as it stands, with what was typed a moment ago. */
export function useDraft(enabled = true) {
  const { merge } = useDraftWriter();
  return useQuery(queryOptions({ queryKey: keys.draft, queryFn: async () => merge(await ipc.draftGet()), enabled }));
}
