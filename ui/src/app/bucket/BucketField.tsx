import Autosuggest from "@cloudscape-design/components/autosuggest";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { Confirm } from "~/app/Confirm";
import { useConnection } from "~/app/connection";
import { ipc, keys, problemOf } from "~/ipc";

import { nameError } from "./bucketName";

/** The bucket: one of those that the caller sees, any other by name, or a new one. */
export function BucketField({ value, onChange }: { value: string; onChange: (bucket: string) => void }) {
  const client = useQueryClient();
  const connection = useConnection();
  const [creating, setCreating] = useState(false);
  const buckets = useQuery({ queryKey: keys.buckets, queryFn: () => ipc.bucketsList() });
  const create = useMutation({
    mutationFn: () => ipc.bucketCreate(value),
    onSuccess: async (check) => {
      setCreating(false);
      await client.invalidateQueries({ queryKey: keys.buckets });
      client.setQueryData(keys.bucketCheck(value), check);
    },
  });
  const error = nameError(value);
  const exists = buckets.data?.some(({ name }) => name === value) ?? false;
  return (
    <>
      <FormField
        label="Bucket"
        description={`In ${connection?.region ?? "the connection's Region"}, without a KMS key`}
        errorText={error}
      >
        <div className="beside-field">
          <Autosuggest
            value={value}
            onChange={({ detail }) => onChange(detail.value.trim())}
            options={(buckets.data ?? []).map(({ name, region }) => ({ value: name, description: region ?? undefined }))}
            enteredTextLabel={(text) => `Use "${text}"`}
            placeholder="Choose one, or type a name"
            ariaLabel="Bucket"
            statusType={buckets.isPending ? "loading" : buckets.error ? "error" : "finished"}
            loadingText="Reading the buckets"
            errorText={buckets.error ? problemOf(buckets.error).message : undefined}
            recoveryText="Try again"
            onLoadItems={() => buckets.error && void buckets.refetch()}
            empty="No bucket to choose from"
            data-testid="file-bucket"
          />
          <Button
            disabled={value === "" || error !== null || exists}
            onClick={() => {
              create.reset();
              setCreating(true);
            }}
            data-testid="file-bucket-create"
          >
            Create
          </Button>
        </div>
      </FormField>
      {creating && (
        <Confirm
          title="Create a bucket"
          confirm="Create the bucket"
          testid="file-bucket-create-confirm"
          busy={create.isPending}
          error={create.error}
          onConfirm={() => create.mutate()}
          onDismiss={() => setCreating(false)}
        >
          <div>
            <b>{value}</b> is created in {connection?.region} of account {connection?.account}, encrypted with SSE-S3 and with all
            public access blocked.
          </div>
        </Confirm>
      )}
    </>
  );
}
