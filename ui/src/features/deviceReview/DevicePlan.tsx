import Alert from "@cloudscape-design/components/alert";
import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { useConnection } from "~/app/connection";
import { arnTail, short } from "~/app/figures";
import { bytes, count, counted } from "~/app/format";
import { Copied } from "~/app/parts/Copied";
import { WaveFiles } from "~/app/parts/WaveFiles";
import { DEVICES } from "~/app/targetWords";
import { gateSentences, wavesWords } from "~/app/waves";
import type { DeviceReview } from "~/ipc";

import { Documents } from "./Documents";
import { WAYS, settingsOf } from "./wayWords";

function Findings({ review }: { review: DeviceReview }) {
  const { findings, waveFindings } = review;
  return (
    <>
      {findings.length > 0 && (
        <Alert type="error" header="Requests that the service would refuse" data-testid="review-line-findings">
          <ul className="plain-list">
            {findings.map(({ line, code, at, message }) => (
              <li key={`${line} ${code} ${at}`}>
                {line === 0 ? "Whole file" : `Line ${count(line)}`}
                {at !== null && ` at ${at}`}: {message}
              </li>
            ))}
          </ul>
        </Alert>
      )}
      {waveFindings.length > 0 && (
        <Alert type="warning" header="About the waves" data-testid="review-wave-findings">
          <ul className="plain-list">
            {waveFindings.map((finding) => (
              <li key={finding}>{finding}</li>
            ))}
          </ul>
        </Alert>
      )}
    </>
  );
}

/** The whole plan: where, who, how many, how, which files and which documents. */
export function DevicePlan({ review }: { review: DeviceReview }) {
  const connection = useConnection();
  const { draft, file, targets, waves, v2 } = review;
  const machine = v2.way === "step_functions";
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={3}
        data-testid="review-plan"
        items={[
          {
            label: "Where",
            value:
              connection === null
                ? "–"
                : `${connection.sandbox === null ? "Account" : "Sandbox"} ${connection.account}, ${connection.region}`,
          },
          {
            label: "As",
            value: <span title={connection?.identity}>{connection === null ? "–" : arnTail(connection.identity)}</span>,
          },
          {
            label: "How many",
            value: (
              <Box fontWeight="bold">
                {counted(targets, "device")}, {wavesWords(draft.waves, waves.length)}
              </Box>
            ),
          },
          { label: "Made by", value: WAYS[v2.way] },
          { label: "How fast", value: settingsOf(v2) },
          { label: "Settle time", value: `${count(draft.settleMinutes)} min` },
          { label: "Name", value: draft.name === "" ? "–" : draft.name },
          { label: "Plan", value: <Copied text={draft.plan} shown={short(draft.plan, 20)} /> },
          {
            label: "SHA-256 of targets and documents",
            value: file.sha256 === "" ? "No plan yet" : <Copied text={file.sha256} shown={short(file.sha256, 20)} />,
          },
          ...(machine
            ? [
                { label: "Bucket", value: draft.bucket === "" ? "None chosen" : `s3://${draft.bucket}/${draft.prefix}` },
                { label: "The state machine’s role", value: <Copied text={review.roleArn} shown={arnTail(review.roleArn)} /> },
              ]
            : []),
          { label: "Requests", value: `${counted(file.records, "line")}, ${bytes(file.bytes)}` },
        ]}
      />
      <Findings review={review} />
      {waves.length > 0 && (
        <div data-testid="review-waves">
          <WaveFiles
            waves={waves}
            words={DEVICES}
            uploaded={machine}
            header={
              <Header
                variant="h3"
                counter={`(${count(waves.length)})`}
                description={
                  waves.length > 1 ? gateSentences(draft.waves.gate, DEVICES).join(" ") : "All devices in one go, without a gate."
                }
              >
                {waves.length > 1 ? "Waves" : "File"}
              </Header>
            }
          />
        </div>
      )}
      {review.documents.length > 0 && <Documents review={review} />}
    </SpaceBetween>
  );
}
