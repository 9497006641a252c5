import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { ProblemAlert } from "~/app/parts/ProblemAlert";

import { JsonField } from "./JsonField";
import { useTyped } from "./useTyped";

const EXAMPLE = `thingName,site,component:com.example.Camera,config:com.example.Camera/device
press-line-01,Ulsan,1.2.0,/dev/video0
press-line-02,Gdansk,,/dev/video2`;

const COLUMNS: readonly (readonly [column: string, meaning: string])[] = [
  ["thingName", "the device; every row has it"],
  ["site", "any name: a value that configurations use as {site}"],
  ["component:NAME", "a version of the component, or remove, or keep"],
  [
    "config:NAME/path",
    'one value of its configuration, such as config:com.example.Camera/Parameters/device_name. In CSV 81, true, null, [1, 2] and {"a": 1} are what they are in JSON, "81" in quotes is a text (written """81"""), and all else is a text',
  ],
  ["merge:NAME", "a JSON object that is merged into its configuration"],
  ["reset:NAME", "paths that go back to their defaults"],
];

interface Props {
  busy: boolean;
  error: unknown;
  onPaste: (text: string) => void;
  onDismiss: () => void;
}

/** Takes rows from a text. What was typed is kept as long as the window is open. */
export function PasteRowsModal({ busy, error, onPaste, onDismiss }: Props) {
  const [text, setText] = useTyped("rows", "");
  return (
    <Modal
      visible
      size="large"
      header="Paste rows for single devices"
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={text.trim() === ""}
              loading={busy}
              onClick={() => onPaste(text)}
              data-testid="rows-paste-submit"
            >
              Take these rows
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <JsonField
          label="Rows"
          description="CSV with a line of column names, or one JSON object a line. They take the place of rows that are there."
          value={text}
          onChange={setText}
          rows={9}
          placeholder={EXAMPLE}
          testId="rows-text"
        />
        <ExpandableSection headerText="Columns" variant="footer">
          <dl>
            {COLUMNS.map(([column, meaning]) => (
              <div key={column}>
                <dt className="mono">{column}</dt>
                <dd>{meaning}</dd>
              </div>
            ))}
          </dl>
        </ExpandableSection>
        {error !== null && <ProblemAlert error={error} />}
      </SpaceBetween>
    </Modal>
  );
}
