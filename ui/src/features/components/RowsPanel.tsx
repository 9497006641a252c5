import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { Confirm } from "~/app/Confirm";
import { count, counted } from "~/app/format";
import type { DeviceDraft, DraftRows } from "~/ipc";

import { PasteRowsModal } from "./PasteRowsModal";
import { RowFindings } from "./RowFindings";
import { useRows } from "./useRows";

function Summary({ rows }: { rows: DraftRows }) {
  return (
    <KeyValuePairs
      columns={4}
      items={[
        { label: "From", value: rows.opened ?? "pasted text" },
        { label: "Rows", value: `${count(rows.rows)}, ${rows.format === "csv" ? "CSV" : "JSON lines"}` },
        {
          label: "Values for templates",
          value:
            rows.values.length === 0 ? "none" : <span className="mono">{rows.values.map((name) => `{${name}}`).join(" ")}</span>,
        },
        { label: "Components", value: rows.components.length === 0 ? "none" : rows.components.join(", ") },
      ]}
    />
  );
}

/** What is wanted of single devices, one row each, after all parts. */
export function RowsPanel({ draft }: { draft: DeviceDraft }) {
  const { open, paste, clear } = useRows();
  const [pasting, setPasting] = useState(false);
  const [discarding, setDiscarding] = useState(false);
  const { rows } = draft;
  return (
    <Container
      data-testid="rows"
      header={
        <Header
          variant="h2"
          counter={rows ? `(${count(rows.rows)})` : undefined}
          description="A row for each device that differs: its own version, its own values. Rows win over all parts."
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              {rows && (
                <Button loading={clear.isPending} onClick={() => setDiscarding(true)} data-testid="rows-clear">
                  Discard…
                </Button>
              )}
              <Button
                onClick={() => {
                  paste.reset();
                  setPasting(true);
                }}
                data-testid="rows-paste"
              >
                Paste…
              </Button>
              <Button loading={open.isPending} onClick={() => open.mutate()} data-testid="rows-open">
                Open a file…
              </Button>
            </SpaceBetween>
          }
        >
          For single devices
        </Header>
      }
    >
      <SpaceBetween size="m">
        {rows ? (
          <Summary rows={rows} />
        ) : (
          <Box color="text-body-secondary">
            No rows. CSV or JSON lines with a column <span className="mono">thingName</span>; any other column is a value that
            configurations above can use, such as <span className="mono">{"{site}"}</span>.
          </Box>
        )}
        {rows && rows.findingsTotal > 0 && (
          <StatusIndicator type={rows.refusals > 0 ? "error" : "warning"}>
            {rows.refusals > 0
              ? `${counted(rows.refusals, "finding")} for which a row cannot be used as it is`
              : counted(rows.findingsTotal, "finding")}
          </StatusIndicator>
        )}
        {rows && rows.findingsTotal > 0 && <RowFindings rows={rows} />}
      </SpaceBetween>
      {pasting && (
        <PasteRowsModal
          busy={paste.isPending}
          error={paste.error}
          onPaste={(text) => paste.mutate(text, { onSuccess: () => setPasting(false) })}
          onDismiss={() => setPasting(false)}
        />
      )}
      {discarding && rows && (
        <Confirm
          title={`Discard ${counted(rows.rows, "row")}?`}
          confirm="Discard"
          testid="rows-discard-confirm"
          busy={clear.isPending}
          error={clear.error}
          onConfirm={() => clear.mutate(undefined, { onSuccess: () => setDiscarding(false) })}
          onDismiss={() => setDiscarding(false)}
        >
          <Box>
            {rows.opened === null
              ? "They were pasted, so they have to be pasted once more to have them back."
              : `The file ${rows.opened} stays as it is and can be opened again.`}
          </Box>
        </Confirm>
      )}
    </Container>
  );
}
