import "./changes.css";

import Box from "@cloudscape-design/components/box";
import Link from "@cloudscape-design/components/link";

import { count, counted } from "~/app/format";
import type { DeviceOutcome, DevicePreview } from "~/ipc";

import { ALL_OUTCOMES, OUTCOMES } from "./words";

/** These are said even where they are none: that nothing is refused is worth knowing. */
const ALWAYS: readonly DeviceOutcome[] = ["changed", "unchanged", "refused"];

interface SumsProps {
  preview: DevicePreview;
  onShow: (outcome: DeviceOutcome) => void;
}

function Sum({ label, title, children }: { label: string; title: string; children: React.ReactNode }) {
  return (
    <div title={title}>
      <Box variant="awsui-key-label">{label}</Box>
      {children}
    </div>
  );
}

/** How many devices change, and what becomes of all others. */
export function Sums({ preview, onShow }: SumsProps) {
  const shown = ALL_OUTCOMES.filter((outcome) => preview[outcome] > 0 || ALWAYS.includes(outcome));
  return (
    <div className="sums" data-testid="changes-sums">
      {shown.map((outcome) => {
        const { label, meaning } = OUTCOMES[outcome];
        const bad = (outcome === "refused" || outcome === "unreadable") && preview[outcome] > 0;
        return (
          <Sum key={outcome} label={label} title={meaning}>
            {preview[outcome] === 0 ? (
              <Box fontSize="heading-l" color="text-body-secondary">
                0
              </Box>
            ) : (
              <Link
                fontSize="heading-l"
                ariaLabel={`${counted(preview[outcome], "device")}: ${label}. Show them`}
                onFollow={() => onShow(outcome)}
              >
                <Box variant="span" fontSize="heading-l" fontWeight="bold" color={bad ? "text-status-error" : "inherit"}>
                  <span data-testid={`changes-sum-${outcome}`}>{count(preview[outcome])}</span>
                </Box>
              </Link>
            )}
          </Sum>
        );
      })}
      {preview.gone > 0 && (
        <Sum label="No core device any more" title="They were selected, but are not in the newest listing. They get nothing.">
          <Box fontSize="heading-l">{count(preview.gone)}</Box>
        </Sum>
      )}
      <Sum label="Different outcomes" title="Devices that get the very same document share one outcome.">
        <Box fontSize="heading-l">{count(preview.outcomes)}</Box>
      </Sum>
    </div>
  );
}
