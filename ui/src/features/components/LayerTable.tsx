import "./components.css";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";
import type { ReactNode } from "react";

import type { ComponentIntent, Layer, RunWith } from "~/ipc";

import { type Named, componentsOf } from "./layers";
import { policyWords, versionWords } from "./words";

function runWithWords({ posixUser, windowsUser, systemResourceLimits: limits }: RunWith): string {
  const words = [
    posixUser && `runs as ${posixUser}`,
    windowsUser && `runs as ${windowsUser} on Windows`,
    limits?.cpus && `${limits.cpus} cores at most`,
    limits?.memory && `${limits.memory} kB at most`,
  ];
  return words.filter(Boolean).join(", ");
}

function Configuration({ intent }: { intent: ComponentIntent }) {
  if (intent.change !== "set") return "–";
  const { merge, reset = [], runWith, wherePresent } = intent;
  const words = [
    reset.includes("") ? "all back to its defaults" : reset.length > 0 && `back to default: ${reset.join(", ")}`,
    runWith && runWithWords(runWith),
    wherePresent && "only where it is already",
  ].filter(Boolean);
  return (
    <>
      {merge && <div className="mono wrap layer-snippet">{merge.replaceAll(/\s+/g, " ")}</div>}
      {words.length > 0 && <div>{words.join("; ")}</div>}
      {!merge && words.length === 0 && "stays as it is"}
    </>
  );
}

function Version({ intent }: { intent: ComponentIntent }) {
  const words = versionWords(intent);
  if (intent.change === "remove") return <StatusIndicator type="warning">{words}</StatusIndicator>;
  return intent.change === "set" && intent.version ? <span className="mono">{words}</span> : words;
}

function Footer({ layer }: { layer: Layer }) {
  const { policies, deploymentName } = layer.intent ?? {};
  const words = [...policyWords(policies), ...(deploymentName ? [`deployments are called ${deploymentName}`] : [])];
  return (
    <Box color={words.length === 0 ? "text-body-secondary" : undefined}>
      {words.length === 0
        ? "Policies and name stay as they are on each device."
        : words.map((word) => (
            <div key={word} className="policy-line">
              {word}
            </div>
          ))}
    </Box>
  );
}

interface Props {
  layer: Layer;
  label: string;
  header: ReactNode;
  testId: string;
  onShow: (named: Named) => void;
  onEdit: (named: Named) => void;
  onRemove: (named: Named) => void;
  onPolicies: () => void;
}

/** What a part says: a row for each component, and below them the policies. */
export function LayerTable({ layer, label, header, testId, onShow, onEdit, onRemove, onPolicies }: Props) {
  return (
    <Table<Named>
      data-testid={testId}
      variant="container"
      items={componentsOf(layer)}
      trackBy="name"
      wrapLines
      header={header}
      empty={
        <Box textAlign="center" padding={{ vertical: "s" }} color="text-body-secondary">
          No component is named. What is not named stays as it is on each device.
        </Box>
      }
      columnDefinitions={[
        {
          id: "name",
          header: "Component",
          cell: (named) => (
            <Link onFollow={() => onShow(named)} ariaLabel={`Recipe of ${named.name}`}>
              {named.name}
            </Link>
          ),
          isRowHeader: true,
          width: "36%",
        },
        { id: "version", header: "Version", cell: ({ intent }) => <Version intent={intent} />, width: "15%" },
        { id: "configuration", header: "Configuration", cell: ({ intent }) => <Configuration intent={intent} /> },
        {
          id: "actions",
          header: "",
          width: 170,
          cell: (named) => (
            <SpaceBetween direction="horizontal" size="s">
              <Button variant="inline-link" ariaLabel={`Edit ${named.name}`} onClick={() => onEdit(named)}>
                Edit
              </Button>
              <Button variant="inline-link" ariaLabel={`Take the row of ${named.name} out`} onClick={() => onRemove(named)}>
                Drop row
              </Button>
            </SpaceBetween>
          ),
        },
      ]}
      footer={
        <div className="choose-line">
          <Footer layer={layer} />
          <Button
            variant="inline-link"
            onClick={onPolicies}
            ariaLabel={`Policies and name: ${label}`}
            data-testid={`${testId}-policies`}
          >
            Edit policies and name
          </Button>
        </div>
      }
      ariaLabels={{ tableLabel: `Components: ${label}` }}
    />
  );
}
