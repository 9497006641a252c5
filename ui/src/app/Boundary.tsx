import ErrorBoundary from "@cloudscape-design/components/error-boundary";
import type { ReactNode } from "react";

/** A fault of one screen leaves the frame standing; nothing typed is lost, for it is in the store. */
export function Boundary({ children }: { children: ReactNode }) {
  return (
    <ErrorBoundary
      onError={({ error, errorInfo }) => console.error(error, errorInfo.componentStack)}
      i18nStrings={{
        headerText: "This screen has failed",
        descriptionText:
          "What you entered is stored, and a run that was started goes on. Reload the window, or open another screen. If it happens again, export the diagnostics in Settings.",
        refreshActionText: "Reload the window",
      }}
    >
      {children}
    </ErrorBoundary>
  );
}
