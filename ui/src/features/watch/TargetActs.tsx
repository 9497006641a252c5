import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { count } from "~/app/format";
import { useRunWords } from "~/app/RunWords";
import type { TargetRow } from "~/ipc";

/** What can be done with targets of the table; absent where the run is only read, or no wave is to come. */
export interface RowActs {
  onRetry?: (targets: string[]) => void;
  onSkip?: (targets: string[]) => void;
  /** Numbers of the waves that have not begun. */
  toCome: readonly number[];
}

const idsOf = (rows: readonly TargetRow[]) => rows.map(({ target }) => target);

/** Retrying and leaving out what is selected in the table. */
export function TargetActs({ selected, acts }: { selected: readonly TargetRow[]; acts: RowActs }) {
  const targets = useRunWords();
  const { onRetry, onSkip, toCome } = acts;
  const retried = selected.filter(({ state }) => state === "failed" || state === "unknown" || state === "succeeded");
  const skipped = selected.filter(({ wave }) => toCome.includes(wave));
  const words = (verb: string, rows: readonly TargetRow[]) => (rows.length > 0 ? `${verb} ${count(rows.length)}…` : `${verb}…`);
  return (
    <SpaceBetween direction="horizontal" size="xs">
      {onRetry && (
        <Button
          disabled={retried.length === 0}
          disabledReason={selected.length > 0 ? "None of these has ended" : `Select ${targets.many} first`}
          onClick={() => onRetry(idsOf(retried))}
          data-testid="targets-retry"
        >
          {words("Retry", retried)}
        </Button>
      )}
      {onSkip && (
        <Button
          disabled={skipped.length === 0}
          disabledReason={
            selected.length > 0 ? `Only ${targets.many} of waves that have not begun can be left out` : `Select ${targets.many} first`
          }
          onClick={() => onSkip(idsOf(skipped))}
          data-testid="targets-skip"
        >
          {words("Leave out", skipped)}
        </Button>
      )}
    </SpaceBetween>
  );
}
