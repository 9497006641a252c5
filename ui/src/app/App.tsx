import { QueryClientProvider } from "@tanstack/react-query";
import { useState } from "react";
import { HashRouter } from "react-router";

import { createQueryClient } from "./queryClient";
import { Providers } from "./Providers";
import { Frame } from "./Frame";

export function App() {
  const [client] = useState(createQueryClient);
  return (
    <QueryClientProvider client={client}>
      <HashRouter>
        <Providers>
          <Frame />
        </Providers>
      </HashRouter>
    </QueryClientProvider>
  );
}
