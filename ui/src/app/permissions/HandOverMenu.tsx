import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { type QueryKey, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ProblemAlert } from "~/app/parts/ProblemAlert";
import type { HandOver } from "~/ipc";

interface Form {
  item: string;
  title: string;
  what: string;
}

const FORMS: Record<HandOver, Form> = {
  json: { item: "JSON", title: "Policies as JSON", what: "The documents, for whoever looks after IAM here." },
  aws_cli: {
    item: "AWS CLI script",
    title: "A script of AWS CLI commands",
    what: "Ends in the same permissions, also when it is run again; to be run by somebody who may.",
  },
  cloudformation: {
    item: "CloudFormation template",
    title: "A CloudFormation template",
    what: "Makes the permissions as a stack. What a stack cannot do is said in its description.",
  },
  terraform: {
    item: "Terraform configuration",
    title: "A Terraform configuration",
    what: "To be planned and applied with the AWS provider.",
  },
  caller: {
    item: "Policy for whoever uses Overseed",
    title: "The least rights of whoever uses Overseed",
    what: "For you, not for the role: what you have to be allowed to do all of this with Overseed yourself. Attach it as a managed policy: it is longer than the 2,048 characters of a user’s inline policies.",
  },
};

function isForm(id: string): id is HandOver {
  return id in FORMS;
}

function item(id: HandOver) {
  return { id, text: FORMS[id].item };
}

/** Where the texts come from: each generation has its own. */
export interface HandOverSource {
  queryKey: QueryKey;
  text: (form: HandOver) => Promise<string>;
  /** Saves where a dialog says; answers the place, or nothing. */
  save: (form: HandOver) => Promise<string | null>;
}

/** One form, to read before it is copied or saved. */
function Shown({ form, source, onClose }: { form: HandOver; source: HandOverSource; onClose: () => void }) {
  const { title, what } = FORMS[form];
  const text = useQuery({
    queryKey: [...source.queryKey, "hand-over", form],
    queryFn: () => source.text(form),
    gcTime: 0,
  });
  const save = useMutation({ mutationFn: () => source.save(form) });
  return (
    <Modal
      visible
      size="large"
      header={title}
      closeAriaLabel="Close"
      onDismiss={onClose}
      footer={
        text.data !== undefined && (
          <div className="hand-over-footer">
            <div role="status">
              {typeof save.data === "string" && (
                <StatusIndicator type="success" wrapText>
                  Saved as {save.data}
                </StatusIndicator>
              )}
            </div>
            <SpaceBetween direction="horizontal" size="xs">
              <CopyToClipboard
                textToCopy={text.data}
                copyButtonText="Copy"
                copySuccessText="Copied"
                copyErrorText="Not copied"
              />
              <Button
                variant="primary"
                loading={save.isPending}
                onClick={() => save.mutate()}
                data-testid="permissions-save"
              >
                Save as a file…
              </Button>
            </SpaceBetween>
          </div>
        )
      }
    >
      <SpaceBetween size="s">
        <Box>{what}</Box>
        {text.isFetching && <Spinner size="large" />}
        {text.error && <ProblemAlert error={text.error} retry={() => void text.refetch()} />}
        {save.error && <ProblemAlert error={save.error} testId="permissions-save-problem" />}
        {text.data !== undefined && (
          <pre className="commands" tabIndex={0} aria-label={title} data-testid="permissions-text">
            {text.data}
          </pre>
        )}
      </SpaceBetween>
    </Modal>
  );
}

/** For those who may not change IAM themselves: the same permissions for an administrator. */
export function HandOverMenu({ source, disabled }: { source: HandOverSource; disabled: boolean }) {
  const [form, setForm] = useState<HandOver | null>(null);
  return (
    <>
      <ButtonDropdown
        items={[
          { text: "For an administrator", items: [item("json"), item("aws_cli"), item("cloudformation"), item("terraform")] },
          { text: "For you", items: [item("caller")] },
        ]}
        disabled={disabled}
        onItemClick={({ detail }) => isForm(detail.id) && setForm(detail.id)}
        data-testid="permissions-hand-over"
      >
        Hand over as
      </ButtonDropdown>
      {form !== null && <Shown key={form} form={form} source={source} onClose={() => setForm(null)} />}
    </>
  );
}
