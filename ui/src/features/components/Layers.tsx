import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { DeviceDraft, DevicesMeant } from "~/ipc";

import { ComponentModal } from "./ComponentModal";
import type { ComponentForm } from "./componentForm";
import { LayerHeader } from "./LayerHeader";
import { LayerTable } from "./LayerTable";
import { MeantModal } from "./MeantModal";
import { PolicyModal } from "./PolicyModal";
import { RecipeModal } from "./RecipeModal";
import {
  type Named,
  componentsOf,
  meantBy,
  moved,
  withComponent,
  withIntent,
  withMeant,
  withoutComponent,
  withoutLayer,
} from "./layers";
import { useLayers } from "./useLayers";
import { whomFor } from "./words";

/** Which dialog is open, and for which part. */
type Open =
  | { what: "component"; index: number; edited: Named | null; begin?: Partial<ComponentForm> }
  | { what: "policies"; index: number }
  | { what: "meant"; index: number; of: DevicesMeant | null }
  | { what: "recipe"; named: Named };

/** All parts, in their order, each with what it says; and what can be added to them. */
export function Layers({ draft, onPublish }: { draft: DeviceDraft; onPublish: () => void }) {
  const { layers, set } = useLayers(draft);
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const values = draft.rows?.values ?? [];
  const layer = open && open.what !== "recipe" ? layers[open.index] : undefined;
  const whom = layer ? whomFor(meantBy(layer)) : "";
  return (
    <SpaceBetween size="m">
      {layers.map((shown, index) => {
        const testId = `layer-${index + 1}`;
        const label = whomFor(meantBy(shown));
        return (
          // Parts have no name of their own; they are told apart by their place.
          <LayerTable
            key={index}
            layer={shown}
            label={label}
            testId={testId}
            onShow={(named) => setOpen({ what: "recipe", named })}
            onEdit={(edited) => setOpen({ what: "component", index, edited })}
            onRemove={({ name }) => set(withoutComponent(layers, index, name))}
            onPolicies={() => setOpen({ what: "policies", index })}
            header={
              <LayerHeader
                layer={shown}
                index={index}
                total={layers.length}
                testId={testId}
                onAdd={() => setOpen({ what: "component", index, edited: null })}
                onTakeOff={() => setOpen({ what: "component", index, edited: null, begin: { change: "remove" } })}
                onPublish={index === 0 ? onPublish : undefined}
                onMeant={(of) => setOpen({ what: "meant", index, of })}
                onMove={(by) => set(moved(layers, index, by))}
                onDrop={() => set(withoutLayer(layers, index))}
              />
            }
          />
        );
      })}
      <div className="choose-line">
        <Button
          iconName="add-plus"
          onClick={() => setOpen({ what: "meant", index: layers.length, of: null })}
          data-testid="layers-add"
        >
          Add for some devices…
        </Button>
        {layers.length > 1 && (
          <Box color="text-body-secondary">
            Of what two parts say about one thing, the later one wins; their configurations are merged.
          </Box>
        )}
      </div>
      {open?.what === "component" && (
        <ComponentModal
          whom={whom}
          edited={open.edited}
          begin={open.begin}
          others={(layer ? componentsOf(layer) : []).map(({ name }) => name).filter((name) => name !== open.edited?.name)}
          values={values}
          onSave={(named) => {
            set(withComponent(layers, open.index, named, open.edited?.name));
            close();
          }}
          onDismiss={close}
        />
      )}
      {open?.what === "policies" && layer && (
        <PolicyModal
          whom={whom}
          intent={layer.intent ?? {}}
          planName={draft.name}
          onSave={(intent) => {
            set(withIntent(layers, open.index, () => intent));
            close();
          }}
          onDismiss={close}
        />
      )}
      {open?.what === "meant" && (
        <MeantModal
          of={open.of}
          onSave={(of) => {
            set(withMeant(layers, open.index, of));
            close();
          }}
          onDismiss={close}
        />
      )}
      {open?.what === "recipe" && (
        <RecipeModal
          name={open.named.name}
          version={open.named.intent.change === "set" ? (open.named.intent.version ?? "") : ""}
          onDismiss={close}
        />
      )}
    </SpaceBetween>
  );
}
