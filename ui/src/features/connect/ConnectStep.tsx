import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import { useMutation, useQueryClient } from "@tanstack/react-query";

import { useAppStatus } from "~/app/connection";
import { useFlash } from "~/app/flash";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useWizard } from "~/app/wizard";
import { ipc, keys } from "~/ipc";
import type { AppStatus, ConnectRequest } from "~/ipc";

import { ConnectForm } from "./ConnectForm";
import { Connected } from "./Connected";
import { DraftWaiting } from "./DraftWaiting";
import { GenerationChoice } from "./GenerationChoice";

/** What does not belong to a connection, and so outlives a change of it. */
const EVERYWHERE = ["app", "settings", "profiles"];

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
  /** Another connection is another world: nothing that was read before is of any use. */
  const renew = async () => {
    client.removeQueries({ predicate: ({ queryKey }) => !EVERYWHERE.includes(String(queryKey[0])) });
    await client.invalidateQueries({ queryKey: keys.app });
    clearError();
  };
  const connect = useMutation({ mutationFn: (request: ConnectRequest) => ipc.connect(request), onSuccess: renew });
  const disconnect = useMutation({
    mutationFn: () => ipc.disconnect(),
    onSuccess: renew,
    onError: (error) => flash.problem(error),
  });
  const form = <ConnectForm status={status} connect={connect} />;
  if (!status.connection) return <Container header={<Header variant="h2">Where to deploy</Header>}>{form}</Container>;
  return (
    <SpaceBetween size="m">
      <Connected connection={status.connection} onDisconnect={() => disconnect.mutate()} />
      <GenerationChoice connection={status.connection} />
      <DraftWaiting />
      <ExpandableSection variant="container" headerText="Connect to something else" defaultExpanded={connect.isError}>
        {form}
      </ExpandableSection>
    </SpaceBetween>
  );
}
