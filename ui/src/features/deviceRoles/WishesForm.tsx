import Checkbox from "@cloudscape-design/components/checkbox";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import RadioGroup from "@cloudscape-design/components/radio-group";
import SpaceBetween from "@cloudscape-design/components/space-between";

import type { Wishes } from "~/ipc";

interface WishesFormProps {
  wishes: Wishes;
  disabled: boolean;
  onChange: (wishes: Wishes) => void;
}

/** What the devices' role is to allow beside what the components say. */
export function WishesForm({ wishes, disabled, onChange }: WishesFormProps) {
  return (
    <ColumnLayout columns={2}>
      <FormField label="Which artifacts devices may read" stretch>
        <RadioGroup
          value={wishes.reach}
          readOnly={disabled}
          items={[
            {
              value: "artifacts",
              label: "Those of these versions, one by one",
              description: "The least; each new version needs a change.",
            },
            {
              value: "versions",
              label: "Whatever lies beside them, in all versions",
              description: "The next version needs no change.",
            },
          ]}
          onChange={({ detail }) => onChange({ ...wishes, reach: detail.value === "versions" ? "versions" : "artifacts" })}
          data-testid="roles-reach"
        />
      </FormField>
      <FormField label="What devices may do besides" stretch>
        <SpaceBetween size="xs">
          <Checkbox
            checked={wishes.logs}
            readOnly={disabled}
            description="As with aws.greengrass.LogManager."
            onChange={({ detail }) => onChange({ ...wishes, logs: detail.checked })}
            data-testid="roles-logs"
          >
            Send logs to CloudWatch
          </Checkbox>
          <Checkbox
            checked={wishes.kinesisVideo}
            readOnly={disabled}
            description="Even if no configuration says so."
            onChange={({ detail }) => onChange({ ...wishes, kinesisVideo: detail.checked })}
            data-testid="roles-kinesis-video"
          >
            Write to Kinesis Video Streams
          </Checkbox>
        </SpaceBetween>
      </FormField>
    </ColumnLayout>
  );
}
