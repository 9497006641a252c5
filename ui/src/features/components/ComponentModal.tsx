import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Modal from "@cloudscape-design/components/modal";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { ConfigurationFields } from "./ConfigurationFields";
import { MoreFields } from "./MoreFields";
import { NameField, VersionField } from "./NameFields";
import { RecipeModal } from "./RecipeModal";
import { type ComponentForm, EMPTY_FORM, formFaults, formOf, namedOf } from "./componentForm";
import type { Named } from "./layers";
import { useComponents, useDefaults } from "./useComponents";

const CHANGES = [
  { id: "set", text: "Add or change" },
  { id: "remove", text: "Take off" },
  { id: "keep", text: "Leave alone" },
] as const;

const MEANS: Record<ComponentForm["change"], string> = {
  set: "It is added where it is not there. What is left empty here stays as it is on each device.",
  remove: "It is taken off these devices. Nothing else takes a component off: what is not named stays.",
  keep: "It stays as it is on these devices, whatever the parts before this one say.",
};

interface Props {
  /** Whom it is for, for the heading. */
  whom: string;
  /** The row that is edited; absent for a new one. */
  edited: Named | null;
  /** What a new one begins with. */
  begin?: Partial<ComponentForm>;
  /** The other components of the layer. */
  others: readonly string[];
  /** The names that rows give for templates. */
  values: readonly string[];
  onSave: (named: Named) => void;
  onDismiss: () => void;
}

/** One component of a layer: which, in which version, with which configuration. */
export function ComponentModal({ whom, edited, begin, others, values, onSave, onDismiss }: Props) {
  const [form, setForm] = useState<ComponentForm>(() => (edited ? formOf(edited) : { ...EMPTY_FORM, ...begin }));
  const [tried, setTried] = useState(false);
  const [touched, setTouched] = useState(false);
  const [showing, setShowing] = useState(false);
  const { arn, defaults, of, pending } = useDefaults(form.name, form.version);
  const components = useComponents();
  const faults = formFaults(form, others, values, defaults);
  const change = (more: Partial<ComponentForm>) => {
    setTouched(true);
    setForm((before) => ({ ...before, ...more }));
  };
  const choose = (name: string) => {
    // Another component has other versions; its latest is what is most often meant.
    if (name !== form.name) change({ name, version: edited ? form.version : (components.find(name)?.latestVersion ?? "") });
  };
  const save = () => {
    setTried(true);
    if (Object.values(faults).every((fault) => fault === null)) onSave(namedOf(form));
  };
  return (
    <Modal
      visible
      size="large"
      header={edited ? edited.name : form.change === "remove" ? "Take a component off" : "Add a component"}
      closeAriaLabel="Close"
      // A click beside the window must not lose what was typed.
      onDismiss={({ detail }) => (detail.reason === "overlay" && touched ? undefined : onDismiss())}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Cancel
            </Button>
            <Button variant="primary" onClick={save} data-testid="component-save">
              {edited ? "Save" : form.change === "remove" ? "Take off" : "Add"}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <SpaceBetween size="xxs">
          <SegmentedControl
            label={`What becomes of it: ${whom}`}
            selectedId={form.change}
            options={[...CHANGES]}
            onChange={({ detail }) => change({ change: detail.selectedId as ComponentForm["change"] })}
            data-testid="component-change"
          />
          <Box color="text-body-secondary" fontSize="body-s">
            {MEANS[form.change]}
          </Box>
        </SpaceBetween>
        <ColumnLayout columns={form.change === "set" ? 2 : 1}>
          <NameField value={form.name} error={tried ? faults.name : null} onChange={choose} />
          {form.change === "set" && (
            <VersionField
              component={form.name}
              value={form.version}
              error={faults.version}
              onChange={(version) => change({ version })}
            />
          )}
        </ColumnLayout>
        {arn !== undefined && (
          <Button variant="inline-link" onClick={() => setShowing(true)} data-testid="component-show">
            Recipe and artifacts of {of}
          </Button>
        )}
        {form.change === "set" && (
          <>
            <ConfigurationFields
              form={form}
              fault={faults.merge}
              values={values}
              defaults={defaults}
              of={of}
              pending={pending}
              onChange={change}
            />
            <MoreFields form={form} faults={faults} onChange={change} />
          </>
        )}
      </SpaceBetween>
      {showing && <RecipeModal name={form.name} version={of} onDismiss={() => setShowing(false)} />}
    </Modal>
  );
}
