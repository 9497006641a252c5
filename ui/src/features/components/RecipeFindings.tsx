import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Table from "@cloudscape-design/components/table";

import { count } from "~/app/format";
import { CreateSecret } from "~/app/parts/CreateSecret";
import { Mono } from "~/app/parts/Mono";
import type { RecipeCheck, RecipeFinding, Severity } from "~/ipc";

import { type Gathered, gathered } from "./gathered";

const WORDS: Record<Severity, readonly ["error" | "warning" | "info", string]> = {
  error: ["error", "Error"],
  warning: ["warning", "Warning"],
  note: ["info", "Note"],
};

/** Letters of a recipe's line that are shown: a script may be one long line. */
const LONG = 80;

function Place({ finding: { line, path }, lines }: { finding: RecipeFinding; lines: readonly string[] }) {
  const text = line === null ? undefined : lines[line - 1]?.trim();
  return (
    <div title={path}>
      <div>{line === null ? path === "" && "whole recipe" : `line ${count(line)}`}</div>
      {text ? (
        <div className="recipe-line mono">{text.slice(0, LONG)}</div>
      ) : (
        <div className="wrap">
          <Mono>{path}</Mono>
        </div>
      )}
    </div>
  );
}

function Message({ finding: { message, more } }: { finding: Gathered }) {
  return (
    <>
      <div className="wrap">{message}</div>
      {more.length > 0 && (
        <ExpandableSection variant="inline" headerText={`${count(more.length)} more like it`}>
          <ul className="plain-list">
            {more.map(({ line, path, message: words }) => (
              <li key={`${line} ${path}`} className="wrap">
                {line !== null && `line ${count(line)}: `}
                {words}
              </li>
            ))}
          </ul>
        </ExpandableSection>
      )}
    </>
  );
}

/** What a check found in a recipe, the worst first: the place, what is the matter, what to do. */
export function RecipeFindings({ recipe, onMended }: { recipe: RecipeCheck; onMended: () => void }) {
  const lines = recipe.recipe.split("\n");
  return (
    <Table<Gathered>
      data-testid="publish-findings"
      variant="embedded"
      items={gathered(recipe.findings)}
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
        { id: "place", header: "Where", cell: (finding) => <Place finding={finding} lines={lines} />, width: 260 },
        { id: "message", header: "What is the matter", cell: (finding) => <Message finding={finding} /> },
        {
          id: "remedy",
          header: "What to do",
          cell: ({ remedy, secret }) => (
            <>
              <div className="wrap">{remedy}</div>
              {secret && <CreateSecret secret={secret} testid="publish" onMade={onMended} />}
            </>
          ),
        },
      ]}
      ariaLabels={{ tableLabel: "Findings in the recipe" }}
    />
  );
}
