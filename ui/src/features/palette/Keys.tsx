import Modal from "@cloudscape-design/components/modal";
import { Fragment } from "react";

import { COMMAND } from "~/app/hotkeys";

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  [[`${COMMAND}K`], "Find a step, run, group, device or action"],
  [["?"], "Show these keys"],
  [["↑", "↓"], "Move through what was found, a list, or the rows of a table"],
  [["←", "→"], "Move through the cells of a table, or through the fleet map"],
  [["Enter"], "Open or carry out what is marked"],
  [["Space"], "Select the row"],
  [["Esc"], "Close a dialog, a menu or the help panel"],
  [["Tab", "Shift+Tab"], "To the next field or button, and back"],
];

/** What the keys do. */
export function Keys({ onDismiss }: { onDismiss: () => void }) {
  return (
    <Modal visible header="Keyboard shortcuts" closeAriaLabel="Close" onDismiss={onDismiss} data-testid="keys">
      <dl className="keys">
        {KEYS.map(([keys, what]) => (
          <Fragment key={what}>
            <dt>
              {keys.map((key, at) => (
                <Fragment key={key}>
                  {at > 0 && " "}
                  <kbd>{key}</kbd>
                </Fragment>
              ))}
            </dt>
            <dd>{what}</dd>
          </Fragment>
        ))}
      </dl>
    </Modal>
  );
}
