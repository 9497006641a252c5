import { QueryClientProvider } from "@tanstack/react-query";
import { render } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import type { ReactNode } from "react";
import { MemoryRouter, useLocation } from "react-router";

import { Frame } from "~/app/Frame";
import { Providers } from "~/app/Providers";
import { createQueryClient } from "~/app/queryClient";
import { WizardContext } from "~/app/wizard";

function Place() {
  const { pathname, search } = useLocation();
  return <output data-testid="place">{`${pathname}${search}`}</output>;
}

function renderAt(path: string, children: ReactNode) {
  const client = createQueryClient();
  const view = render(
    <QueryClientProvider client={client}>
      <MemoryRouter initialEntries={[path]}>
        <Providers>{children}</Providers>
        <Place />
      </MemoryRouter>
    </QueryClientProvider>,
  );
  return { ...view, client, user: userEvent.setup() };
}

/** The whole window at an address, such as `/new/groups`. */
export function renderApp(path: string) {
  return renderAt(path, <Frame />);
}

/** One screen or step alone, with all providers; steps find a wizard that goes nowhere. */
export function renderPart(part: ReactNode, path = "/") {
  const wizard = { goTo: () => undefined, clearError: () => undefined, setSubmit: () => undefined };
  return renderAt(path, <WizardContext value={wizard}>{part}</WizardContext>);
}
