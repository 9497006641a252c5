import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { count } from "~/app/format";
import { ChangeLog } from "./ChangeLog";
import { type TargetsFilter, TargetsTable } from "./TargetsTable";

interface RunTabsProps {
  run: string;
  total: number;
  failed: number;
  tab: string;
  onTab: (tab: string) => void;
  filter: TargetsFilter;
  onFilter: (filter: TargetsFilter) => void;
}

/** The same run in words: what failed, every target, and what was changed in the account. */
export function RunTabs({ run, total, failed, tab, onTab, filter, onFilter }: RunTabsProps) {
  const [failedText, setFailedText] = useState("");
  return (
    <Tabs
      variant="container"
      activeTabId={tab}
      onChange={({ detail }) => onTab(detail.activeTabId)}
      ariaLabel="The run in words"
      tabs={[
        {
          id: "failed",
          label: `Failed (${count(failed)})`,
          content: (
            <TargetsTable
              run={run}
              total={total}
              filter={{ state: "failed", text: failedText }}
              onFilter={(next) => {
                if (next.state === "failed") setFailedText(next.text);
                else {
                  onFilter(next);
                  onTab("targets");
                }
              }}
            />
          ),
        },
        {
          id: "targets",
          label: "All targets",
          content: <TargetsTable run={run} total={total} filter={filter} onFilter={onFilter} />,
        },
        { id: "changes", label: "Change log", content: <ChangeLog run={run} /> },
      ]}
    />
  );
}
