import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Modal from "@cloudscape-design/components/modal";
import PropertyFilter from "@cloudscape-design/components/property-filter";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Textarea from "@cloudscape-design/components/textarea";
import { useState } from "react";

import { filterOf } from "~/app/inventory/filter";
import type { DevicesMeant } from "~/ipc";

import { Matches } from "./Matches";
import { deviceOptions, deviceProperties, queryOf } from "./filter";

const KINDS: { value: DevicesMeant["kind"]; label: string; description: string }[] = [
  { value: "matching", label: "Devices that match a filter", description: "Of those selected in the step Devices" },
  { value: "named", label: "Devices by name", description: "Names of their things, one in a line" },
  { value: "all", label: "All devices", description: "After the parts before it, so that it wins over them" },
];

interface Props {
  of: DevicesMeant | null;
  onSave: (of: DevicesMeant) => void;
  onDismiss: () => void;
}

/** Whom a part is for. */
export function MeantModal({ of, onSave, onDismiss }: Props) {
  const [kind, setKind] = useState<DevicesMeant["kind"]>(of?.kind ?? "matching");
  const [query, setQuery] = useState(queryOf(of?.kind === "matching" ? of.filter : { operation: "and", tokens: [] }));
  const [text, setText] = useState(of?.kind === "named" ? of.names.join("\n") : "");
  const names = [...new Set(text.split(/[\s,;]+/).filter((name) => name !== ""))];
  const filter = filterOf(query);
  const meant: DevicesMeant = kind === "matching" ? { kind, filter } : kind === "named" ? { kind, names } : { kind: "all" };
  const empty = (kind === "matching" && filter.tokens.length === 0) || (kind === "named" && names.length === 0);
  return (
    <Modal
      visible
      size="large"
      header={of ? "Whom this part is for" : "Add for some devices"}
      closeAriaLabel="Close"
      onDismiss={({ detail }) => (detail.reason === "overlay" ? undefined : onDismiss())}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Cancel
            </Button>
            <Button variant="primary" disabled={empty} onClick={() => onSave(meant)} data-testid="meant-save">
              {of ? "Save" : "Add the part"}
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <RadioGroup
          value={kind}
          items={KINDS}
          onChange={({ detail }) => setKind(detail.value as DevicesMeant["kind"])}
          ariaLabel="Whom this part is for"
          data-testid="meant-kind"
        />
        {kind === "matching" && (
          <SpaceBetween size="xs">
            <PropertyFilter
              query={query}
              onChange={({ detail }) => setQuery(detail)}
              filteringProperties={deviceProperties}
              filteringOptions={deviceOptions}
              freeTextFiltering={{ defaultOperator: ":", operators: [":", "!:", "^", "!^", "=", "!="] }}
              filteringPlaceholder="Thing group, platform, nucleus, name"
              filteringAriaLabel="Devices that this part is for"
              expandToViewport
              data-testid="meant-filter"
            />
            <Matches filter={filter} />
          </SpaceBetween>
        )}
        {kind === "named" && (
          <FormField label="Thing names" stretch>
            <div className="code-field">
              <Textarea
                value={text}
                onChange={({ detail }) => setText(detail.value)}
                rows={6}
                spellcheck={false}
                placeholder={"press-line-01\npress-line-02"}
                ariaLabel="Thing names"
                data-testid="meant-names"
              />
            </div>
          </FormField>
        )}
      </SpaceBetween>
    </Modal>
  );
}
