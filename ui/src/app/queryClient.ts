import { QueryClient } from "@tanstack/react-query";

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
