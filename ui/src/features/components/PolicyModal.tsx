import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import type { Intent } from "~/ipc";

import { type PolicyForm, policyFaults, policyFormOf, withPolicies } from "./policyForm";

const AS_IT_IS = "Stays as it is on each device";

const FAILURE = [
  { value: "", label: AS_IT_IS, description: "Where there is no deployment yet: ROLLBACK" },
  { value: "ROLLBACK", label: "Go back", description: "ROLLBACK: the device takes what it had before" },
  { value: "DO_NOTHING", label: "Stay", description: "DO_NOTHING: the device stays as the failure left it" },
];

const ACTION = [
  { value: "", label: AS_IT_IS, description: "Where there is no deployment yet: NOTIFY_COMPONENTS" },
  { value: "NOTIFY_COMPONENTS", label: "Ask components", description: "NOTIFY_COMPONENTS: they may ask for time" },
  { value: "SKIP_NOTIFY_COMPONENTS", label: "Do not ask", description: "SKIP_NOTIFY_COMPONENTS: they are stopped at once" },
];

const WORDS = { errorIconAriaLabel: "Error" };

interface Props {
  whom: string;
  intent: Intent;
  /** The name that deployments get where none is given here. */
  planName: string;
  onSave: (intent: Intent) => void;
  onDismiss: () => void;
}

/** How the devices of a layer update and handle failure, and how their deployments are called. */
export function PolicyModal({ whom, intent, planName, onSave, onDismiss }: Props) {
  const [form, setForm] = useState<PolicyForm>(() => policyFormOf(intent));
  const faults = policyFaults(form);
  const change = (more: Partial<PolicyForm>) => setForm((before) => ({ ...before, ...more }));
  return (
    <Modal
      visible
      size="large"
      header={`Policies and name: ${whom}`}
      closeAriaLabel="Close"
      onDismiss={({ detail }) => (detail.reason === "overlay" ? undefined : onDismiss())}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={Object.values(faults).some((fault) => fault !== null)}
              onClick={() => onSave(withPolicies(intent, form))}
              data-testid="policies-save"
            >
              Save
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          <FormField label="Before a component is updated">
            <Select
              selectedOption={ACTION.find(({ value }) => value === form.action) ?? null}
              options={ACTION}
              onChange={({ detail }) => change({ action: (detail.selectedOption.value ?? "") as PolicyForm["action"] })}
              ariaLabel="Before a component is updated"
              data-testid="policies-action"
            />
          </FormField>
          <FormField
            label="Seconds that components have to answer"
            constraintText="Left empty: as it is, else 60"
            errorText={faults.seconds}
            i18nStrings={WORDS}
          >
            <Input
              value={form.seconds}
              inputMode="numeric"
              disabled={form.action === "SKIP_NOTIFY_COMPONENTS"}
              onChange={({ detail }) => change({ seconds: detail.value })}
              data-testid="policies-seconds"
            />
          </FormField>
          <FormField label="When the deployment fails on a device">
            <Select
              selectedOption={FAILURE.find(({ value }) => value === form.failure) ?? null}
              options={FAILURE}
              onChange={({ detail }) => change({ failure: (detail.selectedOption.value ?? "") as PolicyForm["failure"] })}
              ariaLabel="When the deployment fails on a device"
              data-testid="policies-failure"
            />
          </FormField>
          <FormField
            label="Seconds to look at a new configuration"
            constraintText="Left empty: as it is, else 30"
            errorText={faults.validation}
            i18nStrings={WORDS}
          >
            <Input
              value={form.validation}
              inputMode="numeric"
              onChange={({ detail }) => change({ validation: detail.value })}
              data-testid="policies-validation"
            />
          </FormField>
        </ColumnLayout>
        <FormField
          label="Name of the deployments"
          description={
            planName === ""
              ? "May hold {thingName} or a column of the rows. Left empty, each deployment keeps its name."
              : `May hold {thingName} or a column of the rows. Left empty, they get the plan's name, “${planName}”.`
          }
          errorText={faults.name}
          i18nStrings={WORDS}
          stretch
        >
          <Input
            value={form.name}
            onChange={({ detail }) => change({ name: detail.value })}
            placeholder="component-deployment"
            data-testid="policies-name"
          />
        </FormField>
      </SpaceBetween>
    </Modal>
  );
}
