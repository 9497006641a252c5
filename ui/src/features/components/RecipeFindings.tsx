import Box from "@cloudscape-design/components/box";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import { count } from "~/app/format";
import { Mono } from "~/app/parts/Mono";
import type { RecipeCheck, RecipeFinding, Severity } from "~/ipc";

const WORDS: Record<Severity, readonly ["error" | "warning" | "info", string]> = {
  error: ["error", "Error"],
  warning: ["warning", "Warning"],
  note: ["info", "Note"],
};

/** Letters of a recipe's line that are shown: a script may be one long line. */
const LONG = 80;

function Place({ finding, lines }: { finding: RecipeFinding; lines: readonly string[] }) {
  const text = finding.line === null ? undefined : lines[finding.line - 1]?.trim();
  return (
    <>
      <div>{finding.line === null ? (finding.path === "" ? "whole recipe" : null) : `line ${count(finding.line)}`}</div>
      {finding.path !== "" && (
        <div className="wrap">
          <Mono>{finding.path}</Mono>
        </div>
      )}
      {text && (
        <Box color="text-body-secondary" display="block">
          <span className="mono wrap">{text.length > LONG ? `${text.slice(0, LONG)}…` : text}</span>
        </Box>
      )}
    </>
  );
}

/** What a check found in a recipe, the worst first: the place, what is the matter, what to do. */
export function RecipeFindings({ recipe }: { recipe: RecipeCheck }) {
  const lines = recipe.recipe.split("\n");
  return (
    <Table<RecipeFinding>
      data-testid="publish-findings"
      variant="embedded"
      items={recipe.findings}
      wrapLines
      header={
        <Header variant="h3" counter={`(${count(recipe.findings.length)})`}>
          Findings
        </Header>
      }
      empty={<StatusIndicator type="success">Nothing to find fault with</StatusIndicator>}
      columnDefinitions={[
        {
          id: "severity",
          header: "Weight",
          cell: ({ severity }) => <StatusIndicator type={WORDS[severity][0]}>{WORDS[severity][1]}</StatusIndicator>,
          width: 120,
        },
        { id: "place", header: "Where", cell: (finding) => <Place finding={finding} lines={lines} />, width: 280 },
        { id: "message", header: "What is the matter", cell: ({ message }) => <span className="wrap">{message}</span> },
        { id: "remedy", header: "What to do", cell: ({ remedy }) => <span className="wrap">{remedy}</span> },
      ]}
      ariaLabels={{ tableLabel: "Findings in the recipe" }}
    />
  );
}
