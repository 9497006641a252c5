import StatusIndicator from "@cloudscape-design/components/status-indicator";

import type { Word } from "~/app/states";

/** A state in a word or some. Cloudscape's indicator alone breaks them anywhere; here they break between words. */
export function Status({ word }: { word: Word }) {
  return (
    <StatusIndicator type={word.type}>
      <span className="whole-words">{word.label}</span>
    </StatusIndicator>
  );
}
