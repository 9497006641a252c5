import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Table from "@cloudscape-design/components/table";

import { counted } from "~/app/format";
import type { Grant, GrantedResource } from "~/ipc";

const FEW = 6;

function Resource({ resource: { arn, component, path } }: { resource: GrantedResource }) {
  const from = [component, path].filter((part) => part !== null).join(" ");
  return (
    <li>
      <span className="mono wrap">{arn === "*" ? "* (knows no resources)" : arn}</span>{" "}
      {from !== "" && <Box variant="small">for {from}</Box>}
    </li>
  );
}

function Resources({ resources }: { resources: readonly GrantedResource[] }) {
  const items = (some: readonly GrantedResource[]) => (
    <ul className="plain-list">
      {some.map((resource) => (
        <Resource key={`${resource.arn} ${resource.component} ${resource.path}`} resource={resource} />
      ))}
    </ul>
  );
  if (resources.length <= FEW) return items(resources);
  return (
    <>
      {items(resources.slice(0, FEW))}
      <ExpandableSection variant="inline" headerText={`${counted(resources.length - FEW, "more resource")}`}>
        {items(resources.slice(FEW))}
      </ExpandableSection>
    </>
  );
}

/** What a role has to be allowed: each statement with its reason, each resource with the component that needs it. */
export function Grants({ grants, whose }: { grants: readonly Grant[]; whose: string }) {
  return (
    <ExpandableSection
      headerText={`What it needs, and why (${counted(grants.length, "statement")})`}
      headerDescription="Each resource with the component, or the place in its recipe, that needs it."
    >
      <Table
        variant="embedded"
        items={grants}
        trackBy="sid"
        wrapLines
        enableKeyboardNavigation
        contentDensity="compact"
        ariaLabels={{ tableLabel: `What ${whose} needs` }}
        columnDefinitions={[
          { id: "reason", header: "Why", isRowHeader: true, minWidth: 200, cell: ({ reason }) => reason },
          {
            id: "actions",
            header: "May",
            minWidth: 180,
            cell: ({ actions }) => <span className="mono wrap">{actions.join("\n")}</span>,
          },
          { id: "resources", header: "On", minWidth: 280, cell: ({ resources }) => <Resources resources={resources} /> },
        ]}
      />
    </ExpandableSection>
  );
}
