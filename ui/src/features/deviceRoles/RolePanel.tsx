import Alert from "@cloudscape-design/components/alert";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { counted } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import { Changes, showChange } from "~/app/permissions/Changes";
import { Failed, Warnings } from "~/app/permissions/Notices";
import { Requirements } from "~/app/permissions/Requirements";
import type { RolePermissions } from "~/ipc";

import { Grants } from "./Grants";
import { TITLES, stateOf } from "./roleWords";

/** Policies of others that allow far more than is needed: told, and left as they are. */
function Broad({ permissions: { broad } }: { permissions: RolePermissions }) {
  if (broad.length === 0) return null;
  return (
    <Alert
      type="info"
      header={`${counted(broad.length, "policy of this role allows", "policies of this role allow")} far more than this plan needs`}
      data-testid="roles-broad"
    >
      <ul className="plain-list">
        {broad.map(({ policy, arn, notes }) => (
          <li key={arn ?? policy}>
            <strong>{policy}</strong>: {notes.join(" ")}
          </li>
        ))}
      </ul>
      Overseed leaves them as they are. Once what is proposed below is there, whoever looks after IAM can take them off.
    </Alert>
  );
}

/** One role: what has to be true, what it needs and why, and what is there now beside what is proposed. */
export function RolePanel({ permissions }: { permissions: RolePermissions }) {
  const { kind, role, roleArn, requirements, changes, grants, widened } = permissions;
  const [shown, setShown] = useState<string | null>(null);
  const open = changes.filter(({ outcome }) => outcome?.kind !== "done");
  const state = stateOf(permissions);
  return (
    <div className="stack" data-testid={`roles-${kind}`}>
      <Container
        header={
          <Header
            variant="h2"
            counter={open.length > 0 ? `(${counted(open.length, "change")})` : undefined}
            description={
              <>
                {role} · <Mono>{roleArn}</Mono>
              </>
            }
            actions={
              <StatusIndicator type={state.type}>
                <span data-testid={`roles-state-${kind}`}>{state.label}</span>
              </StatusIndicator>
            }
          >
            {TITLES[kind].title}
          </Header>
        }
      >
        <div className="stack">
          <Failed changes={changes} />
          <Broad permissions={permissions} />
          <Requirements
            requirements={requirements}
            changes={changes}
            loading={false}
            onShow={(id) => {
              setShown(id);
              showChange(changes, id, kind);
            }}
          />
          {grants.length > 0 && <Grants grants={grants} whose={TITLES[kind].whose} />}
        </div>
      </Container>
      <Warnings warnings={[]} widened={widened} />
      {changes.length > 0 && <Changes changes={changes} shown={shown} of={kind} whose={TITLES[kind].whose} />}
    </div>
  );
}
