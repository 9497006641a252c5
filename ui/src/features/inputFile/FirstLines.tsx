import ExpandableSection from "@cloudscape-design/components/expandable-section";

import { counted } from "~/app/format";
import type { DraftFile } from "~/ipc";

/** The file's beginning, as it stands. */
export function FirstLines({ file }: { file: DraftFile }) {
  const lines = file.firstLines;
  const what =
    lines.length < file.summary.lines ? `The first ${lines.length} of ${counted(file.summary.lines, "line")}` : "The whole file";
  return (
    <ExpandableSection variant="container" headerText="First lines" headerDescription={what} defaultExpanded>
      <pre className="lines" tabIndex={0} aria-label="First lines of the file">
        {lines.map((line, index) => (
          // Lines are shown in place and never move.
          <code key={index} data-line={index + 1}>
            {line}
            {"\n"}
          </code>
        ))}
      </pre>
    </ExpandableSection>
  );
}
