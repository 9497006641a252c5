import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Pagination from "@cloudscape-design/components/pagination";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import Toggle from "@cloudscape-design/components/toggle";
import { useDeferredValue, useState } from "react";

import { counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useWizard } from "~/app/wizard";
import type { VersionRow, VersionsQuery } from "~/ipc";

import { ChooseModal } from "./ChooseModal";
import { VersionsHeader } from "./VersionsHeader";
import { columnsWith } from "./columns";
import { useVersions } from "./useVersions";

const PAGE = 20;

export function VersionsStep() {
  const { goTo } = useWizard();
  const [text, setText] = useState("");
  const [changedOnly, setChangedOnly] = useState(false);
  const [page, setPage] = useState(1);
  const [choosing, setChoosing] = useState<VersionRow | null>(null);
  // Typing stays quick; the page follows when the typing pauses.
  const query: VersionsQuery = { text: useDeferredValue(text), changedOnly, offset: (page - 1) * PAGE, limit: PAGE };
  const versions = useVersions(query);
  const shown = versions.page.data;
  const matches = shown?.matches ?? 0;
  const pages = Math.max(1, Math.ceil(matches / PAGE));
  const clear = () => {
    setText("");
    setChangedOnly(false);
    setPage(1);
  };
  const empty =
    shown?.total === 0 ? (
      <SpaceBetween size="xs">
        <Box variant="strong">No group is selected</Box>
        <Button onClick={() => goTo("groups")}>Select groups</Button>
      </SpaceBetween>
    ) : (
      <SpaceBetween size="xs">
        <Box variant="strong">No matches</Box>
        <Box color="text-body-secondary">
          {changedOnly && text === "" ? "Every group gets its latest version." : "No selected group matches."}
        </Box>
        <Button onClick={clear}>Show all</Button>
      </SpaceBetween>
    );
  return (
    <SpaceBetween size="m">
      {versions.page.error && <ProblemAlert error={versions.page.error} retry={() => void versions.page.refetch()} />}
      <Table
        data-testid="versions-table"
        variant="container"
        items={shown?.rows ?? []}
        trackBy="id"
        columnDefinitions={columnsWith(setChoosing)}
        resizableColumns
        wrapLines
        loading={versions.page.isPending && !versions.page.error}
        loadingText="Reading the versions"
        empty={
          <Box textAlign="center" padding={{ vertical: "l" }}>
            {empty}
          </Box>
        }
        ariaLabels={{ tableLabel: "Versions of the selected groups" }}
        header={<VersionsHeader versions={versions} />}
        filter={
          <SpaceBetween direction="horizontal" size="l" alignItems="center">
            <div className="narrow-filter">
              <TextFilter
                filteringText={text}
                filteringPlaceholder="Find by name or ID"
                filteringAriaLabel="Find groups"
                countText={text !== "" || changedOnly ? counted(matches, "match", "matches") : ""}
                onChange={({ detail }) => {
                  setText(detail.filteringText);
                  setPage(1);
                }}
              />
            </div>
            <Toggle
              checked={changedOnly}
              onChange={({ detail }) => {
                setChangedOnly(detail.checked);
                setPage(1);
              }}
            >
              Only other than latest, or with a problem
            </Toggle>
          </SpaceBetween>
        }
        pagination={
          <Pagination
            currentPageIndex={Math.min(page, pages)}
            pagesCount={pages}
            onChange={({ detail }) => setPage(detail.currentPageIndex)}
          />
        }
      />
      {choosing && <ChooseModal row={choosing} onDismiss={() => setChoosing(null)} />}
    </SpaceBetween>
  );
}
