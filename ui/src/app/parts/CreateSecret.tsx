import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { ProblemAlert } from "./ProblemAlert";
import { ipc } from "~/ipc";
import type { NeededSecret } from "~/ipc";

interface Props {
  secret: NeededSecret;
  /** What its test ids begin with: where it is offered. */
  testid: string;
  /** Looks again once it is there. */
  onMade: () => void;
}

/** Makes a secret that is missing. The file is chosen and read by the shell: its value never comes here. */
export function CreateSecret({ secret, testid, onMade }: Props) {
  const flash = useFlash();
  const create = useMutation({
    mutationFn: () => ipc.secretCreate({ name: secret.id, key: secret.key }),
    onSuccess: (made) => {
      // Thought better of in the dialog.
      if (made === null) return;
      flash.success(`The secret ${made.name} is made.`);
      onMade();
    },
  });
  return (
    <SpaceBetween size="xs">
      <Button
        loading={create.isPending}
        onClick={() => create.mutate()}
        data-testid={`${testid}-secret-${secret.id}`}
      >
        Create the secret {secret.id} from a file…
      </Button>
      {create.error && <ProblemAlert error={create.error} testId={`${testid}-secret-problem`} />}
    </SpaceBetween>
  );
}
