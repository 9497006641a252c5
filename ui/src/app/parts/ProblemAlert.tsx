import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";

import { problemOf } from "~/ipc";

import { ProblemText } from "./ProblemText";

interface Props {
  error: unknown;
  /** What to do again; without it there is no button. */
  retry?: () => void;
  retryText?: string;
  testId?: string;
}

/** A refusal in the place where it happened, with its remedy and a way to try again. */
export function ProblemAlert({ error, retry, retryText = "Try again", testId }: Props) {
  const problem = problemOf(error);
  return (
    <Alert
      type="error"
      header={problem.message}
      action={
        retry && (
          <Button formAction="none" onClick={retry}>
            {retryText}
          </Button>
        )
      }
      data-testid={testId ?? "problem"}
    >
      <ProblemText problem={problem} withoutMessage />
    </Alert>
  );
}
