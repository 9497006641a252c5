import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import Form from "@cloudscape-design/components/form";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Tiles from "@cloudscape-design/components/tiles";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";

import { useAppStatus } from "~/app/connection";
import { useFlash } from "~/app/flash";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useRemembered } from "~/app/remembered";
import { useWizard } from "~/app/wizard";
import { ipc, keys } from "~/ipc";
import type { AppStatus } from "~/ipc";

import { AccountForm } from "./AccountForm";
import { Connected } from "./Connected";
import { DraftWaiting } from "./DraftWaiting";
import { SandboxForm } from "./SandboxForm";
import { errorsOf, formOf, readForm, requestOf } from "./form";
import type { ConnectForm } from "./form";

export function ConnectStep() {
  const status = useAppStatus();
  if (status.error) return <ProblemAlert error={status.error} retry={() => void status.refetch()} />;
  if (!status.data) return <Spinner size="large" />;
  return <Connect status={status.data} />;
}

function Connect({ status }: { status: AppStatus }) {
  const client = useQueryClient();
  const flash = useFlash();
  const { clearError } = useWizard();
  const [form, setForm] = useRemembered<ConnectForm>("connect", formOf(status.last), readForm);
  const [shown, setShown] = useState(false);
  const errors = errorsOf(form);
  const valid = Object.keys(errors).length === 0;
  /** Another connection is another world: nothing that was read before is of any use. */
  const renew = async () => {
    client.removeQueries({ predicate: ({ queryKey }) => !["app", "settings", "profiles"].includes(String(queryKey[0])) });
    await client.invalidateQueries({ queryKey: keys.app });
    clearError();
  };
  const connect = useMutation({ mutationFn: () => ipc.connect(requestOf(form)), onSuccess: renew });
  const disconnect = useMutation({ mutationFn: () => ipc.disconnect(), onSuccess: renew, onError: (error) => flash.problem(error) });
  const change = (part: Partial<ConnectForm>) => {
    connect.reset();
    setForm({ ...form, ...part });
  };
  const submit = () => {
    setShown(true);
    if (valid) connect.mutate();
  };
  return (
    <SpaceBetween size="l">
      {status.connection && (
        <>
          <Connected connection={status.connection} onDisconnect={() => disconnect.mutate()} />
          <DraftWaiting />
        </>
      )}
      <form
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Form
          actions={
            <Button formAction="submit" variant={status.connection ? "normal" : "primary"} loading={connect.isPending} data-testid="connect-submit">
              {status.connection ? "Connect anew" : "Connect"}
            </Button>
          }
        >
          <Container header={<Header variant="h2">Where to deploy</Header>}>
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
                    description: "An AWS of its own on this computer: try everything, nothing is real",
                  },
                ]}
                ariaLabel="Where to deploy"
              />
              {form.kind === "account" ? (
                <AccountForm form={form} errors={shown ? errors : {}} regions={status.regions} onChange={change} />
              ) : (
                <SandboxForm form={form} errors={shown ? errors : {}} scenarios={status.scenarios} onChange={change} />
              )}
              {connect.error && <ProblemAlert error={connect.error} retry={submit} testId="connect-problem" />}
            </SpaceBetween>
          </Container>
        </Form>
      </form>
    </SpaceBetween>
  );
}
