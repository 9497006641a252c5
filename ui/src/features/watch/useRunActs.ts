import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useFlash } from "~/app/flash";
import { type RunSnapshot, ipc, keys } from "~/ipc";

import { rowsAt } from "./pickedRows";
import type { AskedAct, Targets } from "./runAct";

async function carryOut(run: string, { act, targets, cancel }: AskedAct): Promise<RunSnapshot> {
  switch (act) {
    case "pause":
      return ipc.runPause(run);
    case "continue":
      return ipc.runContinue(run);
    case "stop":
      return cancel === true ? ipc.runStopAndCancel(run) : ipc.runStop(run);
    case "skip": {
      if ("ids" in targets) return ipc.runSkip(run, [...targets.ids]);
      const rows = await rowsAt(run, targets.indices);
      return ipc.runSkip(
        run,
        rows.map(({ target }) => target),
      );
    }
  }
}

/** What is being asked of the run, and carrying it out once it was confirmed. */
export function useRunActs(run: string) {
  const client = useQueryClient();
  const { problem } = useFlash();
  const [asked, setAsked] = useState<AskedAct | null>(null);
  const taken = (next: RunSnapshot) => client.setQueryData(keys.run(run), next);
  const work = useMutation({
    mutationFn: (act: AskedAct) => carryOut(run, act),
    onSuccess: (next) => {
      taken(next);
      setAsked(null);
    },
  });
  const resume = useMutation({
    mutationFn: () => ipc.runResume(run),
    onSuccess: taken,
    onError: (error) => problem(error),
  });
  const takeBack = useMutation({
    mutationFn: () => ipc.runContinue(run),
    onSuccess: taken,
    onError: (error) => problem(error),
  });
  return {
    asked,
    ask: (act: AskedAct["act"], targets: Targets = { ids: [] }) => setAsked({ act, targets }),
    dismiss: () => {
      work.reset();
      setAsked(null);
    },
    work,
    resume,
    takeBack,
  };
}
