import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Table from "@cloudscape-design/components/table";
import { useState } from "react";

import { Confirm } from "~/app/Confirm";
import { counted } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import { Time } from "~/app/parts/Time";
import type { Made } from "~/ipc";

interface MadeListProps {
  made: readonly Made[];
  disabled: boolean;
  busy: boolean;
  onUndo: () => void;
}

/** What was changed for this plan, and the way back. */
export function MadeList({ made, disabled, busy, onUndo }: MadeListProps) {
  const [asking, setAsking] = useState(false);
  const what = counted(made.length, "change");
  return (
    <>
      <ExpandableSection
        variant="container"
        headerText="Made for this plan"
        headerCounter={`(${made.length})`}
        headerDescription="What Overseed has changed in this account for this plan. All of it can be taken back."
        headerActions={
          <Button onClick={() => setAsking(true)} disabled={disabled} loading={busy} data-testid="permissions-undo">
            Undo…
          </Button>
        }
        data-testid="permissions-made"
      >
        <Table
          variant="embedded"
          items={made}
          trackBy={({ at, title }) => `${at} ${title}`}
          wrapLines
          enableKeyboardNavigation
          contentDensity="compact"
          ariaLabels={{ tableLabel: "Made for this plan" }}
          columnDefinitions={[
            { id: "title", header: "What", isRowHeader: true, cell: ({ title }) => title, minWidth: 260 },
            { id: "call", header: "Call", cell: ({ operation }) => <Mono>{operation}</Mono>, width: 240 },
            { id: "at", header: "When", cell: ({ at }) => <Time millis={at} />, width: 150 },
          ]}
        />
      </ExpandableSection>
      {asking && (
        <Confirm
          title={`Undo ${what}?`}
          confirm={`Undo ${what}`}
          testid="permissions-undo-confirm"
          onDismiss={() => setAsking(false)}
          onConfirm={() => {
            setAsking(false);
            onUndo();
          }}
        >
          <Box>
            This is taken back, the newest first. What somebody else has changed since is left as it is, and you are
            told.
          </Box>
          <ol className="take-back" tabIndex={0} aria-label="What is taken back">
            {made.map(({ at, title, operation }) => (
              <li key={`${at} ${title}`}>
                {title}{" "}
                <Box variant="small">
                  {operation} · <Time millis={at} />
                </Box>
              </li>
            ))}
          </ol>
        </Confirm>
      )}
    </>
  );
}
