import { queryOptions, useQuery, useQueryClient } from "@tanstack/react-query";
import type { QueryClient, QueryKey } from "@tanstack/react-query";
import { createContext, use, useEffect, useMemo } from "react";
import type { ReactNode } from "react";

import { ipc, keys } from "~/ipc";
import type { DeviceDraft, DeviceDraftChange, Draft, DraftChange, Generation } from "~/ipc";

import { useFlash } from "./flash";

const PAUSE_MILLIS = 300;

/** Where a draft is kept: there is one for each generation. */
interface Source<D, C> {
  key: QueryKey;
  get: () => Promise<D>;
  set: (change: C) => Promise<D>;
}

const GROUPS: Source<Draft, DraftChange> = {
  key: keys.draft,
  get: () => ipc.draftGet(),
  set: (change) => ipc.draftSet(change),
};

const DEVICES: Source<DeviceDraft, DeviceDraftChange> = {
  key: keys.deviceDraft,
  get: () => ipc.deviceDraftGet(),
  set: (change) => ipc.deviceDraftSet(change),
};

/** Stores what is typed: at once on the screen, in the store after a short pause or when asked to. */
class DraftWriter<D extends { step: string }, C extends object> {
  private pending: Partial<C> = {};
  private timer: ReturnType<typeof setTimeout> | undefined;
  private writing: Promise<void> = Promise.resolve();

  constructor(
    private readonly source: Source<D, C>,
    private readonly client: QueryClient,
    private readonly onProblem: (error: unknown) => void,
  ) {}

  /** The engine's draft with what is not stored yet on top. A field that is null takes back what was said before. */
  readonly merge = (draft: D): D => {
    const typed = Object.fromEntries(Object.entries(this.pending).filter(([, value]) => value !== undefined));
    return { ...draft, ...typed };
  };

  /** Changes what was typed; the store follows. */
  readonly change = (change: C): void => {
    this.pending = { ...this.pending, ...change };
    this.client.setQueryData<D>(this.source.key, (draft) => draft && this.merge(draft));
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.flush(), PAUSE_MILLIS);
  };

  /** Shows a draft that other work answered, with what was typed since, in the step that is open: that is known better here. */
  readonly take = (draft: D): void => {
    this.client.setQueryData<D>(this.source.key, (present) => ({ ...this.merge(draft), step: present?.step ?? draft.step }));
  };

  /** Waits until everything typed is in the store. */
  readonly flush = (): Promise<void> => {
    clearTimeout(this.timer);
    if (Object.keys(this.pending).length === 0) return this.writing;
    const change = this.pending;
    this.writing = this.writing.then(async () => {
      try {
        const stored = await this.source.set(change as C);
        if (this.pending === change) this.pending = {};
        this.client.setQueryData<D>(this.source.key, this.merge(stored));
      } catch (error) {
        this.onProblem(error);
      }
    });
    return this.writing;
  };

  readonly read = async (): Promise<D> => this.merge(await this.source.get());
}

/** The wizard's step that was shown last, since the window was opened; no draft keeps that it was Connect. */
class LastShown {
  private step: string | null = null;
  readonly lastShown = (): string | null => this.step;
  /** Remembers that this step is shown. */
  readonly shows = (step: string): void => {
    this.step = step;
  };
}

interface Writers {
  v1: DraftWriter<Draft, DraftChange>;
  v2: DraftWriter<DeviceDraft, DeviceDraftChange>;
  shown: LastShown;
}

const DraftContext = createContext<Writers | null>(null);

/** The drafts of both generations, each with its writer. */
export function DraftProvider({ children }: { children: ReactNode }) {
  const client = useQueryClient();
  const { problem } = useFlash();
  const writers = useMemo(
    () => ({
      v1: new DraftWriter(GROUPS, client, problem),
      v2: new DraftWriter(DEVICES, client, problem),
      shown: new LastShown(),
    }),
    [client, problem],
  );
  useEffect(() => {
    const flush = () => {
      void writers.v1.flush();
      void writers.v2.flush();
    };
    window.addEventListener("pagehide", flush);
    return () => {
      window.removeEventListener("pagehide", flush);
      flush();
    };
  }, [writers]);
  return <DraftContext value={writers}>{children}</DraftContext>;
}

function useWriters(): Writers {
  const writers = use(DraftContext);
  if (!writers) throw new Error("useDraftWriter needs DraftProvider");
  return writers;
}

/** The writer of the draft for groups (V1). */
export function useDraftWriter() {
  return useWriters().v1;
}

/** The writer of the draft for core devices (V2). */
export function useDeviceDraftWriter() {
  return useWriters().v2;
}

/** The wizard's step that was shown last, if any was since the window was opened. */
export function useLastShown(): LastShown {
  return useWriters().shown;
}

/** What the wizard itself writes, in the draft of this generation: where it is. */
export function useStepWriter(generation: Generation): { change: (change: { step: string }) => void; flush: () => Promise<void> } {
  return useWriters()[generation];
}

/** The draft for groups as it stands, with what was typed a moment ago. */
export function useDraft(enabled = true) {
  const { read } = useDraftWriter();
  return useQuery(queryOptions({ queryKey: keys.draft, queryFn: read, enabled }));
}

/** The draft for core devices as it stands, with what was typed a moment ago. */
export function useDeviceDraft(enabled = true) {
  const { read } = useDeviceDraftWriter();
  return useQuery(queryOptions({ queryKey: keys.deviceDraft, queryFn: read, enabled }));
}
