import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo } from "react";

import { countsInWords } from "~/app/CountsBar";
import { count } from "~/app/format";
import { useRunWords } from "~/app/RunWords";
import { countedTargets } from "~/app/targetWords";
import type { Wave } from "~/ipc";

import { type Picked, type Selection, countsOf, indicesOf, skippable } from "./fleetSelection";

/** Targets that are named in one call at most. */
const MOST_NAMED = 10_000;

export interface SelectionActs {
  onShow: (picked: Picked) => void;
  /** A new plan of these; absent for runs that are only read. */
  onRetry?: (indices: readonly number[]) => void;
  retrying: boolean;
  /** Leaving these out; absent where no wave is to come. */
  onSkip?: (indices: readonly number[]) => void;
}

interface ActProps {
  verb: string;
  indices: readonly number[];
  none: string;
  loading?: boolean;
  testid: string;
  onAct: (indices: readonly number[]) => void;
}

/** A button that says how many it is about, or why it is about none. */
function Act({ verb, indices, none, loading = false, testid, onAct }: ActProps) {
  const words = useRunWords();
  const number = indices.length;
  return (
    <Button
      disabled={number === 0 || number > MOST_NAMED}
      disabledReason={number === 0 ? none : `At most ${count(MOST_NAMED)} ${words.many} at once`}
      loading={loading}
      onClick={() => onAct(indices)}
      data-testid={testid}
    >
      {verb} {count(number)}…
    </Button>
  );
}

interface FleetBarProps extends SelectionActs {
  fleet: string;
  waves: readonly Wave[];
  selection: Selection | null;
  onClear: () => void;
}

/** What is selected and what can be done with it, in a line whose room is always kept. */
export function FleetBar({ fleet, waves, selection, onClear, onShow, onRetry, retrying, onSkip }: FleetBarProps) {
  const targets = useRunWords();
  const indices = useMemo(() => (selection === null ? [] : indicesOf(selection, fleet)), [selection, fleet]);
  const failed = useMemo(
    () => (selection === null ? [] : indicesOf(selection, fleet, ["failed", "unknown"])),
    [selection, fleet],
  );
  const open = useMemo(() => skippable(indices, waves), [indices, waves]);
  if (selection === null) {
    return (
      <Box fontSize="body-s" color="text-body-secondary">
        <div className="fleet-bar">
          Point at a cell to see its {targets.one}, click it to read all about it, draw a rectangle to select. Ctrl and the wheel
          zoom.
        </div>
      </Box>
    );
  }
  const words = countedTargets(indices.length, targets);
  return (
    <div className="fleet-bar" data-testid="fleet-selected">
      <span className="fleet-bar-words">
        <strong>{words} selected</strong>: {countsInWords(countsOf(fleet, indices))}
      </span>
      <SpaceBetween direction="horizontal" size="xs">
        <Button
          disabled={indices.length === 0}
          onClick={() => onShow({ indices, words: `the ${words} selected in the map` })}
          data-testid="fleet-show"
        >
          Show these {targets.many}
        </Button>
        {onRetry && (
          <Act
            verb="Retry"
            indices={failed}
            none="None of these failed or is unknown"
            loading={retrying}
            testid="fleet-retry"
            onAct={onRetry}
          />
        )}
        {onSkip && (
          <Act
            verb="Leave out"
            indices={open}
            none={`Only ${targets.many} of waves that have not begun can be left out`}
            testid="fleet-skip"
            onAct={onSkip}
          />
        )}
        <Button variant="link" onClick={onClear}>
          Clear
        </Button>
      </SpaceBetween>
    </div>
  );
}
