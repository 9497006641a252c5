import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tiles from "@cloudscape-design/components/tiles";
import type { UseMutationResult } from "@tanstack/react-query";
import { useState } from "react";

import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useRemembered } from "~/app/remembered";
import type { AppStatus, ConnectRequest, Connection } from "~/ipc";

import { AccountForm } from "./AccountForm";
import { SandboxForm } from "./SandboxForm";
import { errorsOf, formOf, readForm, requestOf } from "./form";
import type { ConnectForm as Form } from "./form";

interface Props {
  status: AppStatus;
  connect: UseMutationResult<Connection, Error, ConnectRequest>;
}

/** Where to: an account or the sandbox. What is typed stays when the screen or the app is left. */
export function ConnectForm({ status, connect }: Props) {
  const [form, setForm] = useRemembered<Form>("connect", formOf(status.last), readForm);
  // Nothing is called wrong before it was sent once.
  const [sent, setSent] = useState(false);
  const errors = errorsOf(form);
  const change = (part: Partial<Form>) => {
    connect.reset();
    setForm({ ...form, ...part });
  };
  const submit = () => {
    setSent(true);
    if (Object.keys(errors).length === 0) connect.mutate(requestOf(form));
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <SpaceBetween size="l">
        <Tiles
          value={form.kind}
          onChange={({ detail }) => change({ kind: detail.value === "account" ? "account" : "sandbox" })}
          columns={2}
          items={[
            {
              value: "account",
              label: <span data-testid="connect-account">An AWS account</span>,
              description: "With a profile of this computer, or any endpoint that speaks the protocols of AWS",
            },
            {
              value: "sandbox",
              label: <span data-testid="connect-sandbox">The sandbox</span>,
              description: "An AWS of its own on this computer: try everything, nothing in it is real or costs money",
            },
          ]}
          ariaLabel="Where to deploy"
        />
        {form.kind === "account" ? (
          <AccountForm form={form} errors={sent ? errors : {}} regions={status.regions} onChange={change} />
        ) : (
          <SandboxForm form={form} errors={sent ? errors : {}} scenarios={status.scenarios} onChange={change} />
        )}
        {connect.error && <ProblemAlert error={connect.error} retry={submit} testId="connect-problem" />}
        <Button variant={status.connection ? "normal" : "primary"} loading={connect.isPending} data-testid="connect-submit">
          Connect
        </Button>
      </SpaceBetween>
    </form>
  );
}
