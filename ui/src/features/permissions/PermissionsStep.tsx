import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { useConnection } from "~/app/connection";
import { useDraft, useDraftWriter } from "~/app/draft";
import { counted } from "~/app/format";
import { Working } from "~/app/parts/Working";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useWizard } from "~/app/wizard";
import { ipc, isProblem, keys } from "~/ipc";

import { Changes, changeAnchor } from "./Changes";
import { HandOverMenu } from "./HandOverMenu";
import { Requirements } from "./Requirements";
import { RoleChoice } from "./RoleChoice";
import { roleNameFault } from "./roleName";
import { useApply } from "./useApply";

function show(change: string): void {
  const section = document.getElementById(changeAnchor(change));
  section?.scrollIntoView({ block: "start" });
  section?.focus({ preventScroll: true });
}

/** Step 5: what the execution role and the caller may do, what is missing, and the changes that grant it. */
export function PermissionsStep() {
  const draft = useDraft();
  const { change, flush } = useDraftWriter();
  const { goTo } = useWizard();
  const connection = useConnection();
  const role = draft.data?.role ?? "";
  // What is typed is stored at once; it is checked when it has been chosen.
  const [chosen, setChosen] = useState<string | null>(null);
  const asked = chosen ?? role;
  const key = [...keys.permissions, asked];
  const check = useQuery({
    queryKey: key,
    queryFn: async () => {
      await flush();
      return ipc.permissionsCheck();
    },
    enabled: draft.isSuccess && roleNameFault(asked) === null,
    refetchOnMount: "always",
  });
  const apply = useApply(key);
  const permissions = check.data;
  const open = permissions?.changes.filter(({ outcome }) => outcome?.kind !== "done") ?? [];
  const failed = open.filter(({ outcome }) => outcome?.kind === "failed");
  const nothing = permissions === undefined ? "Apply" : "Nothing to apply";
  const first = open.length === 0 ? nothing : `Apply ${counted(open.length, "change")}`;
  const label = failed.length > 0 ? "Apply again" : first;
  const stale = role !== asked;
  const busy = check.isFetching || apply.running;

  return (
    <SpaceBetween size="m">
      <Container>
        <RoleChoice
          role={role}
          suggestion={`OverseedBulk-${connection?.region ?? "deploy"}`}
          onChange={(next) => {
            if (chosen === null) setChosen(role);
            change({ role: next });
          }}
          onChosen={setChosen}
        />
      </Container>
      {check.error && !check.isFetching && (
        <ProblemAlert error={check.error} retry={() => void check.refetch()} testId="permissions-problem" />
      )}
      {isProblem(check.error, "nothing_selected", "invalid_input", "file_invalid") && (
        <Button onClick={() => goTo("file")}>Go to Input file</Button>
      )}
      <Container
        header={
          <Header
            variant="h2"
            counter={open.length > 0 ? `(${counted(open.length, "change")})` : undefined}
            description="Nothing is changed until you apply; other policies of the role are left as they are."
            actions={
              <SpaceBetween direction="horizontal" size="xs">
                <HandOverMenu disabled={permissions === undefined || stale} />
                <Button
                  onClick={() => void check.refetch()}
                  loading={check.isFetching}
                  disabled={roleNameFault(asked) !== null || apply.running}
                  data-testid="permissions-check"
                >
                  Check again
                </Button>
                <Button
                  variant="primary"
                  onClick={apply.start}
                  loading={apply.running}
                  disabled={busy || stale || open.length === 0}
                  data-testid="permissions-apply"
                >
                  {label}
                </Button>
              </SpaceBetween>
            }
          >
            What has to be true
          </Header>
        }
      >
        <SpaceBetween size="s">
          <Requirements
            permissions={permissions}
            loading={check.isFetching && permissions === undefined}
            onShow={show}
          />
          {apply.job !== null && <Working job={apply.job} />}
        </SpaceBetween>
      </Container>
      {apply.error !== null && <ProblemAlert error={apply.error} testId="permissions-apply-problem" />}
      {failed.length > 0 && !apply.running && (
        <Alert
          type="error"
          header={`${counted(failed.length, "change")} could not be applied`}
          data-testid="permissions-failed"
        >
          <ul className="plain-list">
            {failed.map(({ id, title, outcome }) => (
              <li key={id}>
                {title}: {outcome?.kind === "failed" ? outcome.problem.message : ""}
              </li>
            ))}
          </ul>
          What was applied stays; applying again goes on with the rest. Somebody else can do it from the text under
          “Hand over as”.
        </Alert>
      )}
      {permissions && permissions.widened !== null && (
        <Alert type="warning" header="The policy is wider than the selection" data-testid="permissions-widened">
          {permissions.widened}
        </Alert>
      )}
      {permissions !== undefined && permissions.changes.length > 0 && (
        <Changes changes={permissions.changes} role={permissions.role} />
      )}
    </SpaceBetween>
  );
}
