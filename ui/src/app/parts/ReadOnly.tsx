import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useNavigate } from "react-router";

import { useNotConnected } from "~/app/connection";
import type { RunRow } from "~/ipc";

/** Why a run can only be read, and how it could be gone on with. */
export function ReadOnly({ row }: { row: RunRow }) {
  const navigate = useNavigate();
  const alone = useNotConnected();
  const where = `Account ${row.account}, ${row.region}${row.sandbox === null ? "" : ", a sandbox"}`;
  return (
    <Alert
      type="info"
      header={alone ? "Not connected: this run can only be read" : "This run belongs to another connection"}
      action={
        <Button onClick={() => void navigate("/new/connect")} data-testid="runs-connect">
          Connect
        </Button>
      }
      data-testid="watch-elsewhere"
    >
      {where}. {alone ? "To" : "It can be read here; to"} stop, resume or retry it, connect there.
    </Alert>
  );
}
