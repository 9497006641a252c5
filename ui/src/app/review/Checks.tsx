import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator, { type StatusIndicatorProps } from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import { Words } from "~/app/Words";
import { CreateSecret } from "~/app/parts/CreateSecret";
import { useWizard, type StepId } from "~/app/wizard";
import type { Check, CheckState } from "~/ipc";

const STATES: Record<CheckState, { label: string; type: StatusIndicatorProps.Type }> = {
  pass: { label: "Passed", type: "success" },
  warn: { label: "Warning", type: "warning" },
  fail: { label: "Failed", type: "error" },
  not_checked: { label: "Not checked", type: "info" },
};

const STEPS: Record<StepId, string> = {
  connect: "Connect",
  groups: "Groups",
  versions: "Versions",
  file: "Input file",
  devices: "Devices",
  components: "Components",
  changes: "Changes",
  rollout: "Rollout",
  permissions: "Permissions",
  review: "Review and start",
};

function isStep(word: string | null): word is StepId {
  return word !== null && word in STEPS;
}

function Mend({ check }: { check: Check }) {
  const { goTo } = useWizard();
  const { step } = check;
  if (check.state === "pass" || !isStep(step) || step === "review") return <Box color="text-body-secondary">–</Box>;
  return (
    <Link ariaLabel={`Go to the step ${STEPS[step]}: ${check.title}`} onFollow={() => goTo(step)}>
      {STEPS[step]}
    </Link>
  );
}

/** What was found; a secret that is missing is made right here. */
function Detail({ check, onMended }: { check: Check; onMended: () => void }) {
  const words = <Words>{check.detail}</Words>;
  const secrets = check.secrets ?? [];
  if (secrets.length === 0) return words;
  return (
    <SpaceBetween size="xs">
      {words}
      {secrets.map((secret) => (
        <CreateSecret key={secret.id} secret={secret} testid="review" onMade={onMended} />
      ))}
    </SpaceBetween>
  );
}

interface ChecksProps {
  checks: readonly Check[];
  loading: boolean;
  /** Something was mended from here: to look again. */
  onMended: () => void;
}

/** What the start depends on, what was found, and the step that mends it. */
export function Checks({ checks, loading, onMended }: ChecksProps) {
  return (
    <Table
      variant="embedded"
      data-testid="review-checks"
      items={checks}
      trackBy="id"
      loading={loading}
      loadingText="Checking"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: "Preflight checks" }}
      empty={
        <Box textAlign="center" color="text-body-secondary">
          Nothing has been checked yet.
        </Box>
      }
      columnDefinitions={[
        {
          id: "state",
          header: "Result",
          width: 130,
          cell: (check) => (
            <StatusIndicator type={STATES[check.state].type}>
              <span data-testid={`review-check-${check.id}`}>{STATES[check.state].label}</span>
            </StatusIndicator>
          ),
        },
        { id: "title", header: "Check", isRowHeader: true, cell: (check) => check.title, width: 260 },
        { id: "detail", header: "Detail", cell: (check) => <Detail check={check} onMended={onMended} />, minWidth: 220 },
        { id: "mend", header: "To mend it", cell: (check) => <Mend check={check} />, width: 130, minWidth: 125 },
      ]}
    />
  );
}
