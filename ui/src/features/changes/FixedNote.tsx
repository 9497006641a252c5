import Alert from "@cloudscape-design/components/alert";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Link from "@cloudscape-design/components/link";
import { useNavigate } from "react-router";

import { counted } from "~/app/format";
import type { FixedCounts, FixedFrom, FixedPlan } from "~/ipc";

function Run({ run }: { run: string }) {
  const navigate = useNavigate();
  return <Link onFollow={() => void navigate(`/runs/${encodeURIComponent(run)}`)}>run {run}</Link>;
}

function From({ from }: { from: FixedFrom }) {
  switch (from.kind) {
    case "opened":
      return (
        <>
          They come from the plan file {from.file}
          {from.run !== null && (
            <>
              , from which <Run run={from.run} /> was started
            </>
          )}
          .
        </>
      );
    case "retry":
      return (
        <>
          They come from <Run run={from.run} />, whose devices are tried once more.
        </>
      );
    case "rollBack":
      return (
        <>
          They come from <Run run={from.run} />, whose devices go back to what they had before.
        </>
      );
  }
}

/** Says that devices get whole documents from elsewhere, and which of them could not be taken over. */
export function FixedNote({ fixed, counts }: { fixed: FixedPlan; counts: FixedCounts | null }) {
  const { targets, documents, leftOut, leftOutTotal } = fixed;
  return (
    <Alert
      type={leftOutTotal > 0 ? "warning" : "info"}
      header={`${counted(targets, "device gets a whole document", "devices get whole documents")} that ${targets === 1 ? "is" : "are"} given already`}
      data-testid="changes-fixed"
    >
      <From from={fixed.from} /> {counted(documents, "document")}; what the step Components says is put over{" "}
      {documents === 1 ? "it" : "them"}.
      {counts !== null && counts.unselected > 0 && (
        <div>{counted(counts.unselected, "device of it is", "devices of it are")} not selected and get nothing.</div>
      )}
      {counts !== null && counts.others > 0 && (
        <div>
          {counted(counts.others, "selected device is", "selected devices are")} not in it: for those what they have now
          counts.
        </div>
      )}
      {leftOutTotal > 0 && (
        <ExpandableSection
          variant="inline"
          headerText={`${counted(leftOutTotal, "device")} could not be taken over`}
        >
          <ul className="plain-list">
            {leftOut.map(({ target, why }) => (
              <li key={target}>
                {target}: {why}
              </li>
            ))}
            {leftOutTotal > leftOut.length && <li>and {counted(leftOutTotal - leftOut.length, "more device")}</li>}
          </ul>
        </ExpandableSection>
      )}
    </Alert>
  );
}
