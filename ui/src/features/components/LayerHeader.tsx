import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { count } from "~/app/format";
import type { DevicesMeant, Layer } from "~/ipc";

import { MeantCount } from "./Matches";
import { componentsOf, meantBy } from "./layers";
import { whomFor } from "./words";

interface Props {
  layer: Layer;
  index: number;
  total: number;
  testId: string;
  onAdd: () => void;
  onTakeOff: () => void;
  /** Publishing belongs to no part; it is offered in the first one. */
  onPublish?: () => void;
  onMeant: (of: DevicesMeant) => void;
  onMove: (by: -1 | 1) => void;
  onDrop: () => void;
}

/** A part's heading: whom it is for, and what can be done with it. */
export function LayerHeader({ layer, index, total, testId, onAdd, onTakeOff, onPublish, onMeant, onMove, onDrop }: Props) {
  const of = meantBy(layer);
  const components = componentsOf(layer).length;
  return (
    <Header
      variant="h2"
      counter={components > 0 ? `(${count(components)})` : undefined}
      description={of.kind === "matching" ? <MeantCount of={of} /> : undefined}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          {onPublish && (
            <Button onClick={onPublish} data-testid="component-publish">
              Publish a component…
            </Button>
          )}
          <ButtonDropdown
            items={[
              { id: "take-off", text: "Take a component off…" },
              { id: "meant", text: "Whom it is for…" },
              { id: "up", text: "Move up", disabled: index === 0 },
              { id: "down", text: "Move down", disabled: index + 1 >= total },
              { id: "drop", text: "Drop this part", disabled: total === 1 && components === 0 },
            ]}
            onItemClick={({ detail }) => {
              if (detail.id === "take-off") onTakeOff();
              else if (detail.id === "meant") onMeant(of);
              else if (detail.id === "drop") onDrop();
              else onMove(detail.id === "up" ? -1 : 1);
            }}
            ariaLabel={`More for this part: ${whomFor(of)}`}
            data-testid={`${testId}-more`}
          >
            More
          </ButtonDropdown>
          <Button variant={components === 0 ? "primary" : "normal"} onClick={onAdd} data-testid={`${testId}-add`}>
            Add a component…
          </Button>
        </SpaceBetween>
      }
    >
      {whomFor(of)}
    </Header>
  );
}
