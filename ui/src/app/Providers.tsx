import I18nProvider from "@cloudscape-design/components/i18n";
import messages from "@cloudscape-design/components/i18n/messages/all.en";
import type { ReactNode } from "react";

import { DraftProvider } from "./draft";
import { FlashProvider } from "./flash";
import { HelpProvider } from "./help";

export function Providers({ children }: { children: ReactNode }) {
  return (
    <I18nProvider locale="en" messages={[messages]}>
      <FlashProvider>
        <DraftProvider>
          <HelpProvider>{children}</HelpProvider>
        </DraftProvider>
      </FlashProvider>
    </I18nProvider>
  );
}
