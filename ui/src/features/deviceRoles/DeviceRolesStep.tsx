import "~/app/permissions/permissions.css";

import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import Container from "@cloudscape-design/components/container";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useState } from "react";

import { useDeviceDraft, useDeviceDraftWriter } from "~/app/draft";
import { counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Working } from "~/app/parts/Working";
import { ApplyHeader } from "~/app/permissions/ApplyHeader";
import { MadeList } from "~/app/permissions/Made";
import { MayITable } from "~/app/permissions/MayITable";
import { Refused, Warnings } from "~/app/permissions/Notices";
import { Requirements } from "~/app/permissions/Requirements";
import { RoleChoice } from "~/app/permissions/RoleChoice";
import { UndoResult } from "~/app/permissions/UndoResult";
import { roleNameFault } from "~/app/permissions/roleName";
import { useWizard } from "~/app/wizard";
import { isProblem } from "~/ipc";

import { RolePanel } from "./RolePanel";
import { WishesForm } from "./WishesForm";
import { DEVICE_ROLE, ENGINE_ROLE } from "./roleWords";
import { useRoles } from "./useRoles";

/** Step 5 of core devices: what their role and that of the state machine may do, what is missing, and the changes. */
export function DeviceRolesStep() {
  const draft = useDeviceDraft();
  const { change } = useDeviceDraftWriter();
  const { goTo } = useWizard();
  const typed = { deviceRole: draft.data?.deviceRole ?? "", role: draft.data?.role ?? "" };
  // What is typed is stored at once; it is checked when it has been chosen.
  const [chosen, setChosen] = useState<typeof typed | null>(null);
  const asked = chosen ?? typed;
  const { check, work, texts, checking } = useRoles(asked);
  const permissions = check.data;
  const changes = permissions?.roles.flatMap((one) => one.changes) ?? [];
  const open = changes.filter(({ outcome }) => outcome?.kind !== "done");
  const stale = typed.deviceRole !== asked.deviceRole || typed.role !== asked.role;
  const busy = check.isFetching || work.running;
  const engine = permissions?.roles.some(({ kind }) => kind === "engine") ?? draft.data?.way === "step_functions";
  const choose = (more: Partial<typeof typed>) => {
    if (chosen === null) setChosen(typed);
    change(more);
  };

  return (
    <div className="stack">
      <Container>
        <SpaceBetween size="l">
          <ColumnLayout columns={2}>
            <RoleChoice
              words={DEVICE_ROLE}
              role={typed.deviceRole}
              suggestion="GreengrassV2TokenExchangeRole"
              onChange={(deviceRole) => choose({ deviceRole })}
              onChosen={(deviceRole) => setChosen({ ...asked, deviceRole })}
            />
            {engine && (
              <RoleChoice
                words={ENGINE_ROLE}
                role={typed.role}
                suggestion="OverseedStepFunctions"
                onChange={(role) => choose({ role })}
                onChosen={(role) => setChosen({ ...asked, role })}
              />
            )}
          </ColumnLayout>
          {draft.data && (
            <WishesForm
              wishes={draft.data.wishes}
              disabled={work.running || stale}
              onChange={(wishes) => change({ wishes })}
            />
          )}
        </SpaceBetween>
      </Container>
      {check.error && !check.isFetching && (
        <ProblemAlert error={check.error} retry={() => void check.refetch()} testId="permissions-problem" />
      )}
      {isProblem(check.error, "nothing_selected", "invalid_input", "file_invalid", "preflight_failed") && (
        <div>
          <Button onClick={() => goTo("changes")}>Go to Changes</Button>
        </div>
      )}
      <Container
        header={
          <ApplyHeader
            changes={permissions && changes}
            whose="the roles"
            texts={texts}
            checking={check.isFetching}
            working={work.running}
            applying={work.applying}
            stale={stale}
            checkable={roleNameFault(asked.deviceRole) === null}
            onCheck={() => void check.refetch()}
            onApply={work.apply}
          />
        }
      >
        <div className="stack">
          {work.job !== null ? <Working job={work.job} /> : checking !== null && <Working job={checking} />}
          {work.applyError !== null && <ProblemAlert error={work.applyError} testId="permissions-apply-problem" />}
          {work.undoError !== null && <ProblemAlert error={work.undoError} testId="permissions-undo-problem" />}
          {work.undone !== null && <UndoResult undone={work.undone} onDismiss={work.forget} />}
          {permissions !== undefined && !work.running && !stale && (
            <>
              <Refused changes={changes} calls={permissions.calls} />
              {!busy && changes.length > 0 && open.length === 0 && (
                <Alert type="success" header={`${counted(changes.length, "change")} applied`} data-testid="permissions-applied">
                  New roles take some seconds until all of AWS sees them.
                </Alert>
              )}
            </>
          )}
          <Requirements
            requirements={permissions?.caller ?? []}
            changes={[]}
            loading={check.isFetching && permissions === undefined}
            onShow={() => undefined}
          />
        </div>
      </Container>
      {permissions !== undefined && <Warnings warnings={permissions.warnings} widened={null} />}
      {permissions?.roles.map((role) => (
        <RolePanel key={role.kind} permissions={role} />
      ))}
      {permissions !== undefined && permissions.made.length > 0 && (
        <MadeList made={permissions.made} disabled={busy || stale} busy={work.undoing} onUndo={work.undo} />
      )}
      {permissions !== undefined && permissions.calls.length > 0 && <MayITable calls={permissions.calls} />}
    </div>
  );
}
