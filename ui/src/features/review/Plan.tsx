import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { useConnection } from "~/app/connection";
import { useDraft, useDraftWriter } from "~/app/draft";
import { arnTail, short } from "~/app/figures";
import { bytes, count, counted } from "~/app/format";
import { Copied } from "~/app/parts/Copied";
import { NameAndSettle } from "~/app/parts/NameAndSettle";
import { WaveFiles } from "~/app/parts/WaveFiles";
import { gateSentences, wavesWords } from "~/app/waves";
import type { Review } from "~/ipc";

/** What may still be said here: a name for people, and how long targets may take after the bulk deployment. */
function Settings() {
  const draft = useDraft();
  const { change } = useDraftWriter();
  const plan = draft.data?.plan ?? "";
  return (
    <NameAndSettle
      key={plan}
      plan={plan}
      name={draft.data?.name ?? ""}
      nameFor="For people; shown in the list of runs."
      example="Firmware 4.2 to all lines"
      settleMinutes={draft.data?.settleMinutes ?? null}
      onChange={change}
    />
  );
}

function howMany({ targets, waves, draft }: Review): string {
  return `${counted(targets, "group")}, ${wavesWords(draft.waves, waves.length)}`;
}

/** The waves, what stands between them, and the very files that will be sent. */
function InWaves({ review }: { review: Review }) {
  return (
    <div data-testid="review-waves">
      <WaveFiles
        waves={review.waves}
        header={
          <Header
            variant="h3"
            counter={`(${count(review.waves.length)})`}
            description={gateSentences(review.draft.waves.gate).join(" ")}
          >
            Waves
          </Header>
        }
      />
    </div>
  );
}

/** The whole plan: where, who, how many, which file, which role. */
export function Plan({ review }: { review: Review }) {
  const connection = useConnection();
  const { file } = review.draft;
  return (
    <SpaceBetween size="m">
      <Settings />
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
          { label: "How many", value: <Box fontWeight="bold">{howMany(review)}</Box> },
          {
            label: "Input file",
            value:
              file === null
                ? "Not made yet"
                : `${counted(file.summary.records, "record")}, ${bytes(file.summary.bytes)}${file.opened === null ? "" : `, from ${file.opened}`}`,
          },
          {
            label: "SHA-256 of the file",
            value: file === null ? "–" : <Copied text={file.summary.sha256} shown={short(file.summary.sha256, 20)} />,
          },
          { label: "Plan", value: <Copied text={review.draft.plan} /> },
          { label: "URI that Greengrass reads", value: <Copied text={review.inputFileUri} /> },
          { label: "Execution role", value: <Copied text={review.roleArn} shown={arnTail(review.roleArn)} /> },
        ]}
      />
      {review.waves.length > 1 && <InWaves review={review} />}
    </SpaceBetween>
  );
}
