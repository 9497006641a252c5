import Box from "@cloudscape-design/components/box";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Table from "@cloudscape-design/components/table";

import { short } from "~/app/figures";
import { count, counted } from "~/app/format";
import { Copied } from "~/app/parts/Copied";
import type { DeviceReview } from "~/ipc";

/** The documents that most devices get: their components with versions. */
export function Documents({ review }: { review: DeviceReview }) {
  const { documents, documentsTotal } = review;
  const shown = documents.length < documentsTotal ? `The ${documents.length} that most devices get.` : "All of them.";
  return (
    <ExpandableSection
      headerText={`Different documents (${count(documentsTotal)})`}
      headerDescription={`${shown} Those with the same contents but another name or other tags count apart.`}
      defaultExpanded={documentsTotal <= 3}
      data-testid="review-documents"
    >
      <Table
        variant="embedded"
        items={documents}
        trackBy="hash"
        wrapLines
        enableKeyboardNavigation
        contentDensity="compact"
        ariaLabels={{ tableLabel: "Documents that devices get" }}
        columnDefinitions={[
          { id: "targets", header: "Devices", width: 100, cell: ({ targets }) => count(targets) },
          {
            id: "components",
            header: "Components",
            isRowHeader: true,
            minWidth: 300,
            cell: ({ components }) => (
              <ExpandableSection
                variant="inline"
                headerText={counted(Object.keys(components).length, "component")}
                defaultExpanded={documentsTotal === 1}
              >
                <ul className="plain-list">
                  {Object.entries(components).map(([name, version]) => (
                    <li key={name} className="wrap">
                      {name} <span className="mono">{version}</span>
                    </li>
                  ))}
                </ul>
              </ExpandableSection>
            ),
          },
          {
            id: "name",
            header: "Deployment’s name",
            minWidth: 140,
            cell: ({ deploymentName }) => deploymentName ?? <Box color="text-body-secondary">none</Box>,
          },
          { id: "example", header: "First device", minWidth: 140, cell: ({ example }) => <span className="wrap">{example}</span> },
          { id: "hash", header: "SHA-256", width: 170, cell: ({ hash }) => <Copied text={hash} shown={short(hash)} /> },
        ]}
      />
    </ExpandableSection>
  );
}
