import { Channel } from "@tauri-apps/api/core";

import { commands } from "./bindings";
import type { Problem } from "./bindings";

type Attach<T> = (channel: Channel<T>) => Promise<{ status: "ok"; data: number } | { status: "error"; error: Problem }>;

/**
 * Attaches a channel and returns how to detach it. Detaching before the shell has answered ends the watch as
 * soon as its id is known, so that no watch outlives its screen.
 */
export function watch<T>(attach: Attach<T>, onMessage: (message: T) => void, onProblem?: (problem: Problem) => void): () => void {
  let ended = false;
  const channel = new Channel<T>();
  channel.onmessage = (message) => {
    if (!ended) onMessage(message);
  };
  const attached = attach(channel).then((result) => {
    if (result.status === "ok") return result.data;
    if (!ended) onProblem?.(result.error);
    return null;
  });
  return () => {
    ended = true;
    void attached.then((id) => (id === null ? undefined : commands.watchEnd(id)));
  };
}
