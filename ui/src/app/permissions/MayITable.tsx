import ExpandableSection from "@cloudscape-design/components/expandable-section";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import { counted } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import { Words } from "~/app/Words";
import type { MayI, RequirementState } from "~/ipc";

import { NOW } from "./states";

/** What stands in the way comes first. */
const ORDER: RequirementState[] = ["no", "not_checked", "not_yet", "yes"];

/** "You may make 12 of 14 calls; 2 not checked". */
export function inWords(calls: readonly MayI[]): string {
  const of = (state: RequirementState) => calls.filter((call) => call.state === state).length;
  const all = counted(calls.length, "call");
  if (of("yes") === calls.length) return `You may make all ${all}`;
  if (of("not_checked") === calls.length) return `None of ${all} could be checked; AWS will say at the call`;
  const rest = [
    ...(of("no") > 0 ? [`${of("no")} refused`] : []),
    ...(of("not_checked") > 0 ? [`${of("not_checked")} not checked`] : []),
  ];
  return `You may make ${of("yes")} of ${all}; ${rest.join(", ")}`;
}

/** Each call that this deployment will make, and whether whoever is connected may. */
export function MayITable({ calls }: { calls: readonly MayI[] }) {
  const sorted = [...calls].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return (
    <ExpandableSection
      variant="container"
      headerText="Your own rights"
      headerDescription={inWords(calls)}
      defaultExpanded={calls.some(({ state }) => state === "no")}
      data-testid="permissions-may-i"
    >
      <Table
        variant="embedded"
        items={sorted}
        trackBy={({ action, resource }) => `${action} ${resource}`}
        wrapLines
        enableKeyboardNavigation
        contentDensity="compact"
        ariaLabels={{ tableLabel: "Your own rights" }}
        columnDefinitions={[
          { id: "action", header: "Call", isRowHeader: true, cell: ({ action }) => <Mono>{action}</Mono>, width: 230 },
          {
            id: "state",
            header: "May you?",
            width: 120,
            cell: ({ state }) => <StatusIndicator type={NOW[state].type}>{NOW[state].label}</StatusIndicator>,
          },
          {
            id: "resource",
            header: "On",
            minWidth: 220,
            cell: ({ resource }) => (
              <span className="wrap mono">{resource === "*" ? "* (knows no resources)" : resource}</span>
            ),
          },
          { id: "detail", header: "By what", minWidth: 220, cell: ({ detail }) => <Words>{detail}</Words> },
        ]}
      />
    </ExpandableSection>
  );
}
