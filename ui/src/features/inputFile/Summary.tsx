import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import ProgressBar from "@cloudscape-design/components/progress-bar";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { bytes, count, counted } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import type { DraftFile, FileSummary } from "~/ipc";

/** The service reads files smaller than this (Developer Guide, "Create bulk deployments for groups"). */
export const MOST_BYTES = 100_000_000;
/** A line has fewer than 256 characters (same page). */
export const MOST_CHARACTERS = 255;

function Limit({ value, most, words, label }: { value: number; most: number; words: string; label: string }) {
  const over = value > most;
  return (
    <div className="limit">
      <div>{over ? <StatusIndicator type="error">{words}</StatusIndicator> : words}</div>
      <ProgressBar
        value={Math.min(100, Math.round((100 * value) / most))}
        variant="key-value"
        status="in-progress"
        ariaLabel={label}
      />
    </div>
  );
}

function Verdict({ summary }: { summary: FileSummary }) {
  const { findings, refusals } = summary;
  if (findings === 0) return <StatusIndicator type="success">Every line is fine</StatusIndicator>;
  if (refusals === 0) return <StatusIndicator type="warning">{counted(findings, "finding")}, none refused</StatusIndicator>;
  return (
    <StatusIndicator type="error">
      {counted(findings, "finding")}, {count(refusals)} refused
    </StatusIndicator>
  );
}

/** What the file comes to, against the service's limits. */
export function Summary({ file }: { file: DraftFile }) {
  const { summary } = file;
  const blank = summary.lines - summary.records;
  return (
    <div data-testid="file-summary">
      <KeyValuePairs
        columns={4}
        items={[
          {
            label: "Records",
            value: (
              <>
                <Box fontSize="heading-m" fontWeight="bold">
                  {count(summary.records)}
                </Box>
                {blank > 0 && <Box color="text-body-secondary">{counted(blank, "blank line")} besides</Box>}
              </>
            ),
          },
          {
            label: "Size",
            value: (
              <Limit
                value={summary.bytes}
                most={MOST_BYTES - 1}
                words={`${bytes(summary.bytes)}, under 100 MB`}
                label="Size against the limit"
              />
            ),
          },
          {
            label: "Longest line",
            value: (
              <Limit
                value={summary.longestLine}
                most={MOST_CHARACTERS}
                words={`${count(summary.longestLine)} of ${MOST_CHARACTERS} characters`}
                label="Longest line against the limit"
              />
            ),
          },
          { label: "Check", value: <Verdict summary={summary} /> },
        ]}
      />
      <Box margin={{ top: "s" }}>
        <Box variant="awsui-key-label">SHA-256</Box>
        <CopyToClipboard
          variant="inline"
          textToCopy={summary.sha256}
          textToDisplay={<Mono>{summary.sha256}</Mono>}
          copyButtonAriaLabel="Copy the SHA-256"
          copySuccessText="Copied"
          copyErrorText="Not copied"
        />
      </Box>
    </div>
  );
}
