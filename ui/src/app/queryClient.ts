import { QueryClient, notifyManager } from "@tanstack/react-query";

// A field whose text is in the cache must have its new text before the key's event ends: else React puts the old one
// back until a timer runs, the caret jumps to the end, and keys that come meanwhile are lost.
notifyManager.setScheduler((callback) => callback());

/**
 * The engine is on this computer and retries AWS itself, so a refusal is final here, and being offline is no
 * reason to hold a query back.
 */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: { retry: false, networkMode: "always", refetchOnWindowFocus: false, staleTime: 0 },
      mutations: { retry: false, networkMode: "always" },
    },
  });
}
