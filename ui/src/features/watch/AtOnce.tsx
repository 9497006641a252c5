import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Link from "@cloudscape-design/components/link";
import Popover from "@cloudscape-design/components/popover";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useFlash } from "~/app/flash";
import { count } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { type RunV2, ipc, keys } from "~/ipc";

/** Child executions of one Distributed Map at most (Step Functions Developer Guide, MaxConcurrency). */
const MOST = 10_000;

function numberIn(text: string): number | null {
  const value = Number(text);
  return /^\d+$/.test(text.trim()) && value >= 1 && value <= MOST ? value : null;
}

function Form({ run, v2 }: { run: string; v2: RunV2 }) {
  const client = useQueryClient();
  const { success } = useFlash();
  const [text, setText] = useState(String(v2.atOnce ?? v2.beginsWith));
  const value = numberIn(text);
  const set = useMutation({
    mutationFn: (atOnce: number) => ipc.runSetAtOnce(run, atOnce),
    onSuccess: (next, atOnce) => {
      client.setQueryData(keys.run(run), next);
      success(`The state machine works on ${count(atOnce)} devices at once.`);
    },
  });
  const apply = () => {
    if (value !== null && !set.isPending) set.mutate(value);
  };
  return (
    <SpaceBetween size="s">
      <FormField
        label="Devices at once"
        description="How many child executions the Distributed Map lets run, now and in the waves to come. Those at work are not stopped."
        errorText={value === null ? `A whole number from 1 to ${count(MOST)}.` : undefined}
      >
        <Input
          type="number"
          inputMode="numeric"
          value={text}
          onChange={({ detail }) => setText(detail.value)}
          onKeyDown={({ detail }) => {
            if (detail.key === "Enter") apply();
          }}
          data-testid="watch-at-once"
        />
      </FormField>
      {set.error && <ProblemAlert error={set.error} />}
      <Button onClick={apply} disabled={value === null} loading={set.isPending} data-testid="watch-at-once-set">
        Set
      </Button>
    </SpaceBetween>
  );
}

interface AtOnceProps {
  run: string;
  v2: RunV2;
  /** Whether it can be changed: here, and while the run goes on. */
  open: boolean;
}

/** How fast Step Functions goes: by itself until somebody says how fast. */
export function AtOnce({ run, v2, open }: AtOnceProps) {
  const words =
    v2.atOnce === null ? `${count(v2.beginsWith)} at once, then faster` : `${count(v2.atOnce)} devices at once`;
  if (!open) return <Box fontSize="body-s">{words}</Box>;
  return (
    <Popover header="Rate" content={<Form run={run} v2={v2} />} dismissAriaLabel="Close" triggerType="custom">
      <Link fontSize="body-s" ariaLabel={`Change the rate: ${words}`} data-testid="watch-rate">
        {words}
      </Link>
    </Popover>
  );
}
