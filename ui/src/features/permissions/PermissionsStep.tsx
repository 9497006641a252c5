import "~/app/permissions/permissions.css";

import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import { useState } from "react";

import { useConnection } from "~/app/connection";
import { useDraft, useDraftWriter } from "~/app/draft";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Working } from "~/app/parts/Working";
import { ApplyHeader } from "~/app/permissions/ApplyHeader";
import { Changes, showChange } from "~/app/permissions/Changes";
import type { HandOverSource } from "~/app/permissions/HandOverMenu";
import { MadeList } from "~/app/permissions/Made";
import { MayITable } from "~/app/permissions/MayITable";
import { Failed, Refused, Warnings } from "~/app/permissions/Notices";
import { Requirements } from "~/app/permissions/Requirements";
import { type RoleWords, RoleChoice } from "~/app/permissions/RoleChoice";
import { UndoResult } from "~/app/permissions/UndoResult";
import { roleNameFault } from "~/app/permissions/roleName";
import { useWork } from "~/app/permissions/useWork";
import { useWizard } from "~/app/wizard";
import { ipc, isProblem, keys } from "~/ipc";

import { Settled } from "./Settled";
import { useCheck } from "./useCheck";
import { Ways } from "./Ways";

const ROLE: RoleWords = {
  label: "Execution role",
  description: "Greengrass takes this role to read the input file and to create the deployments.",
  existing: (trusted) =>
    trusted ? "An existing role that Greengrass may assume." : "An existing role; Greengrass may not assume it yet.",
  trust: true,
  missing: "No role of this name was found: it will be made when you apply.",
  testid: "permissions-role",
};

/** Step 5: what the execution role and the caller may do, what is missing, and the changes that grant it. */
export function PermissionsStep() {
  const draft = useDraft();
  const { change, flush } = useDraftWriter();
  const { goTo } = useWizard();
  const connection = useConnection();
  const role = draft.data?.role ?? "";
  // What is typed is stored at once; it is checked when it has been chosen.
  const [chosen, setChosen] = useState<string | null>(null);
  const [shown, setShown] = useState<string | null>(null);
  const asked = chosen ?? role;
  const { check, key } = useCheck(asked);
  const work = useWork({
    key,
    checked: keys.permissions,
    reviewed: keys.review,
    apply: () => ipc.permissionsApply(),
    undo: () => ipc.permissionsUndo(),
  });
  const texts: HandOverSource = {
    queryKey: keys.permissions,
    text: async (form) => {
      await flush();
      return ipc.permissionsHandOver(form);
    },
    save: (form) => ipc.permissionsSave(form),
  };
  const permissions = check.data;
  const changes = permissions?.changes ?? [];
  const stale = role !== asked;
  const busy = check.isFetching || work.running;

  const show = (id: string) => {
    setShown(id);
    showChange(changes, id);
  };

  return (
    <div className="stack">
      <Container>
        <RoleChoice
          words={ROLE}
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
        <div>
          <Button onClick={() => goTo("file")}>Go to Input file</Button>
        </div>
      )}
      {permissions !== undefined && draft.data !== undefined && (
        <Ways
          permissions={permissions}
          pack={draft.data.pack}
          readBy={draft.data.readBy}
          disabled={work.running || stale}
          onChange={change}
        />
      )}
      <Container
        header={
          <ApplyHeader
            changes={permissions?.changes}
            whose="the role"
            texts={texts}
            checking={check.isFetching}
            working={work.running}
            applying={work.applying}
            stale={stale}
            checkable={roleNameFault(asked) === null}
            onCheck={() => void check.refetch()}
            onApply={work.apply}
          />
        }
      >
        <div className="stack">
          {work.job !== null && <Working job={work.job} />}
          {work.applyError !== null && <ProblemAlert error={work.applyError} testId="permissions-apply-problem" />}
          {work.undoError !== null && <ProblemAlert error={work.undoError} testId="permissions-undo-problem" />}
          {work.undone !== null && <UndoResult undone={work.undone} onDismiss={work.forget} />}
          {permissions !== undefined && !work.running && !stale && (
            <>
              <Failed changes={changes} />
              <Refused changes={changes} calls={permissions.calls} />
              {!check.isFetching && <Settled permissions={permissions} />}
            </>
          )}
          <Requirements
            requirements={permissions?.requirements ?? []}
            changes={changes}
            loading={check.isFetching && permissions === undefined}
            onShow={show}
          />
        </div>
      </Container>
      {permissions !== undefined && <Warnings warnings={permissions.warnings} widened={permissions.widened} />}
      {changes.length > 0 && <Changes changes={changes} shown={shown} />}
      {permissions !== undefined && permissions.made.length > 0 && (
        <MadeList made={permissions.made} disabled={busy || stale} busy={work.undoing} onUndo={work.undo} />
      )}
      {permissions !== undefined && permissions.calls.length > 0 && <MayITable calls={permissions.calls} />}
    </div>
  );
}
