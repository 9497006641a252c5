import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { BucketCheckResult } from "~/app/bucket/BucketCheckResult";
import { BucketField } from "~/app/bucket/BucketField";
import { useDeviceDraftWriter } from "~/app/draft";
import { useWizard } from "~/app/wizard";
import { FIRST_CONCURRENCY, type DeviceDraft } from "~/ipc";

import { type RolloutForm, concurrencyFault } from "./jobForm";

interface MachineSettingsProps {
  draft: DeviceDraft;
  form: RolloutForm;
  onEdit: (more: Partial<RolloutForm>) => void;
}

/** What a state machine needs: where its files are, whom it runs as, and how many devices it takes at once. */
export function MachineSettings({ draft, form, onEdit }: MachineSettingsProps) {
  const { change } = useDeviceDraftWriter();
  const { clearError } = useWizard();
  // The engine takes slashes off the ends; what is being typed keeps them.
  const [prefix, setPrefix] = useState(draft.prefix);
  return (
    <Container
      header={
        <Header variant="h2" description="The files of the waves and what became of each device are kept in S3.">
          State machine
        </Header>
      }
    >
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          <BucketField
            value={draft.bucket}
            onChange={(bucket) => {
              clearError();
              change({ bucket });
            }}
          />
          <FormField label="Prefix of the keys" description="Each wave has its own key below it.">
            <Input
              value={prefix}
              onChange={({ detail }) => {
                setPrefix(detail.value);
                change({ prefix: detail.value });
              }}
              spellcheck={false}
              data-testid="rollout-prefix"
            />
          </FormField>
        </ColumnLayout>
        <BucketCheckResult name={draft.bucket} />
        <ColumnLayout columns={2}>
          <FormField
            label="Its role"
            description="What it may do is shown in the step Permissions."
          >
            <Input
              value={draft.role}
              onChange={({ detail }) => {
                clearError();
                change({ role: detail.value });
              }}
              spellcheck={false}
              data-testid="rollout-role"
            />
          </FormField>
          <FormField
            label="Devices at once, to begin with"
            description="Can be changed while it runs."
            errorText={concurrencyFault(form)}
            i18nStrings={{ errorIconAriaLabel: "Error" }}
          >
            <Input
              value={form.concurrency}
              inputMode="numeric"
              placeholder={String(FIRST_CONCURRENCY)}
              onChange={({ detail }) => onEdit({ concurrency: detail.value })}
              data-testid="rollout-concurrency"
            />
          </FormField>
        </ColumnLayout>
      </SpaceBetween>
    </Container>
  );
}
