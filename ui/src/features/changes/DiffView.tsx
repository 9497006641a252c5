import "./changes.css";

import Badge from "@cloudscape-design/components/badge";
import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";

import { Difference } from "~/app/diff/Difference";
import { prettyJson } from "~/app/diff/prettyJson";
import { counted } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import type { DocumentChange, DocumentDiff } from "~/ipc";

import { KINDS, POLICIES, componentOf, directionWords, policyValue } from "./words";

type OfComponent = Exclude<DocumentChange, { kind: "policy_changed" }>;

/** Before and after in one line. */
function FromTo({ from, to }: { from: string; to: string }) {
  return (
    <span className="from-to">
      <span className="mono from">{from}</span>
      <span aria-hidden="true">→</span>
      <span className="screen-reader">becomes</span>
      <span className="mono to">{to}</span>
    </span>
  );
}

function text(json: string | null): string {
  return json === null ? "" : prettyJson(json);
}

interface TextsProps {
  what: string;
  component: string;
  before: string;
  after: string;
}

function Texts({ what, component, before, after }: TextsProps) {
  const how = before === "" ? "is new" : after === "" ? "goes away" : "changes";
  return (
    <div className="change-texts">
      <Box variant="awsui-key-label">
        {what} {how}
      </Box>
      <Difference before={before} after={after} label={`${what} of ${component}`} heads={["Now", "Then"]} />
    </div>
  );
}

/** One change of a component below its name. */
function Change({ change }: { change: OfComponent }) {
  const { component } = change;
  switch (change.kind) {
    case "component_added":
      return (
        <>
          {change.merge !== null && (
            <Texts what="Configuration to merge" component={component} before="" after={text(change.merge)} />
          )}
          {change.reset.length > 0 && (
            <Texts what="Paths that are reset" component={component} before="" after={change.reset.map(named).join("\n")} />
          )}
          {change.runWith !== null && (
            <Texts what="Run with" component={component} before="" after={text(change.runWith)} />
          )}
        </>
      );
    case "merge_changed":
      return (
        <Texts
          what="Configuration to merge"
          component={component}
          before={text(change.before)}
          after={text(change.after)}
        />
      );
    case "reset_changed":
      return (
        <Texts
          what="Paths that are reset"
          component={component}
          before={change.before.map(named).join("\n")}
          after={change.after.map(named).join("\n")}
        />
      );
    case "run_with_changed":
      return <Texts what="Run with" component={component} before={text(change.before)} after={text(change.after)} />;
    case "component_removed":
    case "version_changed":
      return null;
  }
}

/** The empty pointer stands for the whole configuration. */
function named(path: string): string {
  return path === "" ? "(all of it)" : path;
}

/** A component with all that changes of it. */
function Component({ name, changes }: { name: string; changes: readonly OfComponent[] }) {
  const added = changes.find((change) => change.kind === "component_added");
  const removed = changes.find((change) => change.kind === "component_removed");
  const version = changes.find((change) => change.kind === "version_changed");
  const look = added ? KINDS.added : removed ? KINDS.removed : version ? KINDS.version : KINDS.configuration;
  const direction = version ? directionWords(version.direction) : null;
  return (
    <section className={`component-change${removed ? " component-gone" : ""}`} aria-label={`${look.label}: ${name}`}>
      <div className="component-head">
        <Badge color={look.color}>{look.label}</Badge>
        <span className="component-name wrap">{removed ? <del>{name}</del> : name}</span>
        {added && <Mono>{added.version}</Mono>}
        {removed && <Mono>{removed.version}</Mono>}
        {version && <FromTo from={version.from} to={version.to} />}
        {direction !== null && (
          <Box variant="small" color={version?.direction === "down" ? "text-status-warning" : "text-body-secondary"}>
            {direction}
          </Box>
        )}
      </div>
      {removed && (
        <Box variant="small" color="text-status-error">
          Is taken off the device, unless a thing group’s deployment wants it as well.
        </Box>
      )}
      {changes.map((change) => (
        <Change key={change.kind} change={change} />
      ))}
    </section>
  );
}

/** All that changes for one device: components, then policies, then what stays. */
/** What changes. Where nothing does, that is about the document of the latest deployment, which may not have come about. */
export function DiffView({ diff, again = false }: { diff: DocumentDiff; again?: boolean }) {
  const names = [...new Set(diff.changes.map(componentOf).filter((name) => name !== null))];
  const ofComponents = diff.changes.filter((change): change is OfComponent => change.kind !== "policy_changed");
  const policies = diff.changes.filter((change) => change.kind === "policy_changed");
  const gone = new Set(ofComponents.filter(({ kind }) => kind === "component_removed").map(({ component }) => component));
  const ordered = [...names.filter((name) => gone.has(name)), ...names.filter((name) => !gone.has(name))];
  return (
    <div className="diff-view" data-testid="changes-diff">
      {diff.changes.length === 0 && (
        <Box color="text-body-secondary">
          {again
            ? "The same document as that of its latest deployment, which did not come about: what the device has is perhaps what it had before that one."
            : "Nothing changes in what this device has."}
        </Box>
      )}
      {ordered.map((name) => (
        <Component key={name} name={name} changes={ofComponents.filter(({ component }) => component === name)} />
      ))}
      {policies.length > 0 && (
        <section className="component-change" aria-label="Policies">
          <div className="component-head">
            <Badge color={KINDS.policies.color}>{KINDS.policies.label}</Badge>
            <span className="component-name">of the deployment</span>
          </div>
          <ul className="plain-list">
            {policies.map(({ policy, before, after }) => (
              <li key={policy}>
                {POLICIES[policy].label}:{" "}
                <FromTo from={policyValue(policy, before)} to={policyValue(policy, after)} />
              </li>
            ))}
          </ul>
        </section>
      )}
      {diff.kept.length > 0 && (
        <ExpandableSection
          variant="footer"
          headerText={`${counted(diff.kept.length, "component stays as it is", "components stay as they are")}`}
          data-testid="changes-kept"
        >
          <ul className="plain-list kept-list">
            {diff.kept.map((name) => (
              <li key={name} className="wrap">
                {name}
              </li>
            ))}
          </ul>
        </ExpandableSection>
      )}
    </div>
  );
}
