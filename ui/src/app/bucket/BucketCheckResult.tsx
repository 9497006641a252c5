import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useQuery } from "@tanstack/react-query";

import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { ProblemText } from "~/app/parts/ProblemText";
import { useSettled } from "~/app/useSettled";
import { ipc, keys } from "~/ipc";

import { nameError } from "./bucketName";

const PAUSE_MILLIS = 400;

/** Whether the bucket suits, looked up as soon as its name stands still. */
export function BucketCheckResult({ name }: { name: string }) {
  const settled = useSettled(name, PAUSE_MILLIS);
  const enabled = settled !== "" && nameError(settled) === null;
  const check = useQuery({ queryKey: keys.bucketCheck(settled), queryFn: () => ipc.bucketCheck(settled), enabled });
  const again = () => void check.refetch();
  if (!enabled || settled !== name) return <div className="line" />;
  if (check.isPending || check.isRefetching) {
    return (
      <div className="line">
        <StatusIndicator type="loading">Checking the bucket</StatusIndicator>
      </div>
    );
  }
  if (check.error) return <ProblemAlert error={check.error} retry={again} testId="file-bucket-problem" />;
  const { region, encryption, problems } = check.data;
  if (problems.length === 0) {
    return (
      <div className="line" data-testid="file-bucket-suits">
        <StatusIndicator type="success">
          The bucket suits: in {region ?? "a Region that could not be read"}, encryption {encryption ?? "could not be read"}
        </StatusIndicator>
      </div>
    );
  }
  return (
    <SpaceBetween size="xs" data-testid="file-bucket-problem">
      {problems.map((problem) => (
        <Alert
          key={problem.code + problem.message}
          type="error"
          header={problem.message}
          action={<Button onClick={again}>Check again</Button>}
        >
          <ProblemText problem={problem} withoutMessage />
        </Alert>
      ))}
    </SpaceBetween>
  );
}
