import Header from "@cloudscape-design/components/header";
import type { HeaderProps } from "@cloudscape-design/components/header";
import type { ReactNode } from "react";

/**
 * A heading with a line below it that tells a state or shows progress. Header's own description is a paragraph,
 * which cannot hold a progress bar.
 */
export function LineHeader({ line, ...header }: HeaderProps & { line: ReactNode }) {
  return (
    <div>
      <Header variant="h2" {...header} />
      <div className="line">{line}</div>
    </div>
  );
}
