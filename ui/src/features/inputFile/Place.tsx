import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { BucketCheckResult } from "~/app/bucket/BucketCheckResult";
import { BucketField } from "~/app/bucket/BucketField";
import { useDraftWriter } from "~/app/draft";
import { bytes } from "~/app/format";
import { JobLine } from "~/app/parts/JobLine";
import { LineHeader } from "~/app/parts/LineHeader";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Time } from "~/app/parts/Time";
import { useWizard } from "~/app/wizard";
import type { Draft, Upload } from "~/ipc";

import { useUpload } from "./useFile";

function Arrived({ upload, inWaves }: { upload: Upload; inWaves: boolean }) {
  return (
    <div data-testid="file-uploaded">
      <StatusIndicator type="success">
        {inWaves ? "The files of all waves arrived as sent; the first one has" : "Arrived as sent:"} {bytes(upload.bytes)}, size
        and checksum compared <Time millis={upload.checkedAt} />
      </StatusIndicator>
      <div className="mono wrap">
        s3://{upload.bucket}/{upload.key}
      </div>
    </div>
  );
}

/** Where the file goes, and whether it has arrived. */
export function Place({ draft }: { draft: Draft }) {
  const { change } = useDraftWriter();
  const { clearError } = useWizard();
  // The engine takes slashes off the ends; what is being typed keeps them.
  const [prefix, setPrefix] = useState(draft.prefix);
  const { upload, error, job } = useUpload();
  const unready = !draft.file
    ? "Make or open a file first"
    : draft.file.stale
      ? "Make the file again first"
      : draft.bucket === ""
        ? "Choose a bucket first"
        : null;
  return (
    <Container
      header={
        <LineHeader
          line={job ? <JobLine job={job} units={bytes} /> : "Greengrass reads the file from S3 with the execution role"}
          actions={
            <Button
              variant={unready === null && !draft.upload ? "primary" : "normal"}
              disabled={unready !== null}
              disabledReason={unready ?? undefined}
              loading={upload.isPending}
              onClick={() => upload.mutate()}
              data-testid="file-upload"
            >
              {draft.upload ? "Upload again" : "Upload and compare"}
            </Button>
          }
        >
          Bucket and key
        </LineHeader>
      }
    >
      <SpaceBetween size="m">
        <ColumnLayout columns={2}>
          <BucketField
            value={draft.bucket}
            onChange={(bucket) => {
              clearError();
              upload.reset();
              change({ bucket });
            }}
          />
          <FormField label="Prefix of the key" description={`The key carries the plan's id, ${draft.plan}`}>
            <Input
              value={prefix}
              onChange={({ detail }) => {
                setPrefix(detail.value);
                change({ prefix: detail.value });
              }}
              spellcheck={false}
              ariaLabel="Prefix of the key"
              data-testid="file-prefix"
            />
          </FormField>
        </ColumnLayout>
        <BucketCheckResult name={draft.bucket} />
        {error && <ProblemAlert error={error} retry={() => upload.mutate()} testId="file-upload-problem" />}
        {draft.upload && <Arrived upload={draft.upload} inWaves={draft.waves.cuts.length > 0} />}
      </SpaceBetween>
    </Container>
  );
}
