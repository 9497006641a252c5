import Tabs from "@cloudscape-design/components/tabs";
import { useState } from "react";
import { useRunWords } from "~/app/RunWords";
import { count } from "~/app/format";
import { ChangeLog } from "./ChangeLog";
import type { RowActs } from "./TargetActs";
import { TargetsTable } from "./TargetsTable";
import { NO_FILTER, type TargetsFilter } from "./useTargets";

interface RunTabsProps {
  run: string;
  total: number;
  failed: number;
  waves: number;
  tab: string;
  onTab: (tab: string) => void;
  filter: TargetsFilter;
  onFilter: (filter: TargetsFilter) => void;
  onTarget: (target: string) => void;
  acts: RowActs;
}

/** The same run in words: what failed, every target, and what was changed in the account. */
export function RunTabs({ run, total, failed, waves, tab, onTab, filter, onFilter, onTarget, acts }: RunTabsProps) {
  const words = useRunWords();
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
              waves={waves}
              onTarget={onTarget}
              acts={acts}
              filter={{ ...NO_FILTER, state: "failed", text: failedText }}
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
          label: `All ${words.many}`,
          content: (
            <TargetsTable
              run={run}
              total={total}
              waves={waves}
              onTarget={onTarget}
              acts={acts}
              filter={filter}
              onFilter={onFilter}
            />
          ),
        },
        { id: "changes", label: "Change log", content: <ChangeLog run={run} /> },
      ]}
    />
  );
}
