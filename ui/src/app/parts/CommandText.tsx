import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Modal from "@cloudscape-design/components/modal";
import Spinner from "@cloudscape-design/components/spinner";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { ipc, keys } from "~/ipc";
import type { CommandStep } from "~/ipc";

import { ProblemAlert } from "./ProblemAlert";

interface Props {
  step: CommandStep;
  run?: string;
  /** Brought up to date before the text is made. */
  before?: () => Promise<void>;
  /** A link beside a heading instead of a button. */
  inline?: boolean;
}

/** "Copy as AWS CLI": shows the commands that do the same, to read before they are copied. */
export function CommandText({ step, run, before, inline = false }: Props) {
  const [open, setOpen] = useState(false);
  const text = useQuery({
    queryKey: keys.commandText(step, run ?? null),
    queryFn: async () => {
      await before?.();
      return ipc.commandText(step, run ?? null);
    },
    enabled: open,
    gcTime: 0,
  });
  return (
    <>
      <Button variant={inline ? "inline-link" : "normal"} onClick={() => setOpen(true)} data-testid={`command-text-${step}`}>
        Copy as AWS CLI
      </Button>
      <Modal
        visible={open}
        onDismiss={() => setOpen(false)}
        size="large"
        header="The same with the AWS CLI"
        footer={
          text.data !== undefined && (
            <CopyToClipboard textToCopy={text.data} copyButtonText="Copy" copySuccessText="Copied" copyErrorText="Not copied" />
          )
        }
      >
        {text.isFetching && <Spinner size="large" />}
        {text.error && <ProblemAlert error={text.error} retry={() => void text.refetch()} />}
        {text.data !== undefined && (
          <pre className="commands" tabIndex={0} aria-label="AWS CLI commands">
            {text.data}
          </pre>
        )}
      </Modal>
    </>
  );
}
