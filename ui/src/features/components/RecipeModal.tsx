import "./components.css";

import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import KeyValuePairs from "@cloudscape-design/components/key-value-pairs";
import Modal from "@cloudscape-design/components/modal";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { useState } from "react";

import { Mono } from "~/app/parts/Mono";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Time } from "~/app/parts/Time";
import type { ComponentShown } from "~/ipc";

import { RecipeLines } from "./RecipeLines";
import { useShown, useVersionsOf } from "./useComponents";

const STATES: Record<string, "success" | "error" | "pending" | "warning"> = {
  DEPLOYABLE: "success",
  FAILED: "error",
  REQUESTED: "pending",
  INITIATED: "pending",
  DEPRECATED: "warning",
};

function Shown({ shown, yaml, onYaml }: { shown: ComponentShown; yaml: boolean; onYaml: (yaml: boolean) => void }) {
  return (
    <SpaceBetween size="m">
      <KeyValuePairs
        columns={3}
        items={[
          { label: "State", value: <StatusIndicator type={STATES[shown.state] ?? "info"}>{shown.state}</StatusIndicator> },
          { label: "Publisher", value: shown.publisher ?? "–" },
          { label: "Created", value: shown.createdAt === null ? "–" : <Time millis={shown.createdAt} as="local" /> },
        ]}
      />
      {shown.description && <Box>{shown.description}</Box>}
      {shown.words.length > 0 && shown.state !== "DEPLOYABLE" && <div className="mono wrap">{shown.words.join("\n")}</div>}
      <div>
        <Box variant="awsui-key-label">Artifacts ({shown.artifacts.length})</Box>
        {shown.artifacts.length === 0 && <Box color="text-body-secondary">The recipe names none.</Box>}
        {shown.artifacts.map((uri) => (
          <div key={uri} className="wrap">
            <Mono>{uri}</Mono>
          </div>
        ))}
      </div>
      <div className="choose-line">
        <Box variant="awsui-key-label">Recipe</Box>
        <SegmentedControl
          label="How the recipe is written"
          selectedId={yaml ? "yaml" : "json"}
          options={[
            { id: "yaml", text: "YAML" },
            { id: "json", text: "JSON" },
          ]}
          onChange={({ detail }) => onYaml(detail.selectedId === "yaml")}
        />
        <CopyToClipboard
          textToCopy={shown.recipe}
          variant="icon"
          copySuccessText="Copied"
          copyErrorText="Not copied"
          copyButtonAriaLabel="Copy the recipe"
        />
      </div>
      <RecipeLines text={shown.recipe} />
    </SpaceBetween>
  );
}

interface Props {
  name: string;
  /** The version to begin with; the latest where it is none of them. */
  version: string;
  onDismiss: () => void;
}

/** A component's versions, each with its recipe and artifacts. */
export function RecipeModal({ name, version, onDismiss }: Props) {
  const [picked, setPicked] = useState(version);
  const [yaml, setYaml] = useState(true);
  const versions = useVersionsOf(name);
  const row = versions.data?.find((found) => found.version === picked) ?? versions.data?.[0];
  const shown = useShown(row?.arn, yaml);
  return (
    <Modal
      visible
      size="large"
      header={name}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <Button onClick={onDismiss}>Close</Button>
        </Box>
      }
    >
      <SpaceBetween size="m" data-testid="component-recipe">
        {versions.error && <ProblemAlert error={versions.error} retry={() => void versions.refetch()} />}
        {versions.data?.length === 0 && <Box>No version of this component is known here: it is not published yet.</Box>}
        {row && (
          <div className="choose-line">
            <Box variant="awsui-key-label">Version</Box>
            <Select
              selectedOption={{ value: row.version }}
              options={(versions.data ?? []).map((found, at) => ({
                value: found.version,
                labelTag: at === 0 ? "latest" : undefined,
              }))}
              onChange={({ detail }) => setPicked(detail.selectedOption.value ?? "")}
              ariaLabel="Version"
            />
          </div>
        )}
        {shown.error && <ProblemAlert error={shown.error} retry={() => void shown.refetch()} />}
        {(versions.isFetching || shown.isPending) && !shown.data && row && (
          <StatusIndicator type="loading">Reading the recipe</StatusIndicator>
        )}
        {shown.data && <Shown shown={shown.data} yaml={yaml} onYaml={setYaml} />}
      </SpaceBetween>
    </Modal>
  );
}
