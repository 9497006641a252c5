import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import Alert from "@cloudscape-design/components/alert";
import Table from "@cloudscape-design/components/table";

import { Words } from "~/app/Words";
import { count, counted } from "~/app/format";
import { useWizard } from "~/app/wizard";
import type { FindingTotal, PlanFinding } from "~/ipc";

import { isRefused } from "./words";

/** What is wrong with what is wanted itself: nothing can be planned before it is mended. */
export function LayerFindings({ findings }: { findings: readonly PlanFinding[] }) {
  const { goTo } = useWizard();
  return (
    <Alert
      type="error"
      header="What is wanted cannot be deployed to any device"
      action={<Button onClick={() => goTo("components")}>Go to Components</Button>}
      data-testid="changes-layers-refused"
    >
      <ul className="plain-list">
        {findings.map(({ code, component, message }) => (
          <li key={`${code} ${component} ${message}`} className="wrap">
            {message}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

interface FindingsProps {
  findings: readonly FindingTotal[];
  onShow: () => void;
}

/** What was found in the outcomes, and for how many devices; what refuses comes first. */
export function PlanFindings({ findings, onShow }: FindingsProps) {
  const refused = findings.filter(({ code }) => isRefused(code)).length;
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${count(findings.length)})`}
          description={
            refused > 0
              ? `${counted(refused, "of them refuses", "of them refuse")} devices: change what is wanted, or leave these devices out.`
              : "None of them stands in the way."
          }
          actions={
            <Button onClick={onShow} data-testid="changes-show-findings">
              Show devices with findings
            </Button>
          }
        >
          Findings
        </Header>
      }
    >
      <Table
        variant="embedded"
        data-testid="changes-findings"
        items={findings}
        trackBy={({ code, component, first, message }) => `${code} ${component} ${first} ${message}`}
        wrapLines
        enableKeyboardNavigation
        contentDensity="compact"
        ariaLabels={{ tableLabel: "Findings" }}
        columnDefinitions={[
          {
            id: "kind",
            header: "Kind",
            width: 120,
            cell: ({ code }) =>
              isRefused(code) ? (
                <StatusIndicator type="error">Refused</StatusIndicator>
              ) : (
                <StatusIndicator type="info">To know</StatusIndicator>
              ),
          },
          { id: "targets", header: "Devices", width: 100, cell: ({ targets }) => count(targets) },
          {
            id: "message",
            header: "What was found, in the words for the first device",
            isRowHeader: true,
            minWidth: 320,
            cell: ({ message }) => <Words upTo={320}>{message}</Words>,
          },
        ]}
      />
    </Container>
  );
}
