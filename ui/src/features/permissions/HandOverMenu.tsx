import ButtonDropdown from "@cloudscape-design/components/button-dropdown";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Modal from "@cloudscape-design/components/modal";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { type HandOver, ipc, keys } from "~/ipc";

const FORMS: Record<HandOver, { title: string; what: string }> = {
  json: { title: "Policies as JSON", what: "The documents, for whoever looks after IAM here." },
  aws_cli: { title: "A script of AWS CLI commands", what: "Makes the same changes; to be run by somebody who may." },
};

/** For those who may not change IAM themselves: the same changes for an administrator. */
export function HandOverMenu({ disabled }: { disabled: boolean }) {
  const [form, setForm] = useState<HandOver | null>(null);
  const text = useQuery({
    queryKey: [...keys.permissions, "hand-over", form],
    queryFn: () => ipc.permissionsHandOver(form ?? "json"),
    enabled: form !== null,
    gcTime: 0,
  });
  return (
    <>
      <ButtonDropdown
        items={[
          { id: "json", text: "JSON" },
          { id: "aws_cli", text: "AWS CLI script" },
        ]}
        disabled={disabled}
        onItemClick={({ detail }) => setForm(detail.id === "json" ? "json" : "aws_cli")}
        data-testid="permissions-hand-over"
      >
        Hand over as
      </ButtonDropdown>
      {form !== null && (
        <Modal
          visible
          size="large"
          header={FORMS[form].title}
          closeAriaLabel="Close"
          onDismiss={() => setForm(null)}
          footer={
            text.data !== undefined && (
              <CopyToClipboard
                textToCopy={text.data}
                copyButtonText="Copy"
                copySuccessText="Copied"
                copyErrorText="Not copied"
              />
            )
          }
        >
          <p>{FORMS[form].what}</p>
          {text.isFetching && <Spinner size="large" />}
          {text.error && <ProblemAlert error={text.error} retry={() => void text.refetch()} />}
          {text.data !== undefined && (
            <pre className="commands" tabIndex={0} aria-label={FORMS[form].title} data-testid="permissions-text">
              {text.data}
            </pre>
          )}
        </Modal>
      )}
    </>
  );
}
