import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useNavigate } from "react-router";

import { isProblem } from "~/ipc";

import { ProblemAlert } from "./ProblemAlert";

/** Why runs cannot be shown; without a connection, the way to one. */
export function RunsProblem({ error, retry }: { error: unknown; retry: () => void }) {
  const navigate = useNavigate();
  if (!isProblem(error, "not_connected")) return <ProblemAlert error={error} retry={retry} />;
  return (
    <Alert
      type="info"
      header="Connect to see the bulk deployments of an account"
      action={
        <Button onClick={() => void navigate("/new/connect")} data-testid="runs-connect">
          Connect
        </Button>
      }
    >
      AWS lists them. The runs of this computer can be read without a connection.
    </Alert>
  );
}
