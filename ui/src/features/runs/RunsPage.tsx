import "./runs.css";

import Button from "@cloudscape-design/components/button";
import ContentLayout from "@cloudscape-design/components/content-layout";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useNavigate, useSearchParams } from "react-router";

import { useHelpContent } from "~/app/help";
import { InfoLink } from "~/app/parts/InfoLink";

import { AccountBulks } from "./AccountBulks";
import { PruneModal } from "./PruneModal";
import { RunsTable } from "./RunsTable";
import { RUNS_HELP } from "./runsHelp";

/** All runs of this computer, and the account's bulk deployments wherever they were made. */
export function RunsPage() {
  const navigate = useNavigate();
  const [asked, setAsked] = useSearchParams();
  const [pruning, setPruning] = useState(false);
  useHelpContent(RUNS_HELP);
  return (
    <ContentLayout
      header={
        <Header
          variant="h1"
          info={<InfoLink about="runs" />}
          actions={
            <SpaceBetween direction="horizontal" size="xs">
              <Button onClick={() => setPruning(true)} data-testid="runs-prune">
                Remove old runs…
              </Button>
              <Button variant="primary" onClick={() => void navigate("/new")} data-testid="runs-new">
                New deployment
              </Button>
            </SpaceBetween>
          }
        >
          Runs
        </Header>
      }
    >
      <Tabs
        ariaLabel="Runs"
        activeTabId={asked.get("show") === "account" ? "account" : "computer"}
        onChange={({ detail }) =>
          setAsked(detail.activeTabId === "account" ? { show: "account" } : {}, { replace: true })
        }
        tabs={[
          { id: "computer", label: "On this computer", content: <RunsTable /> },
          { id: "account", label: "Bulk deployments of the account (V1)", content: <AccountBulks /> },
        ]}
      />
      {pruning && <PruneModal onDismiss={() => setPruning(false)} />}
    </ContentLayout>
  );
}
