import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import { useNavigate } from "react-router";

/** Runs are on this computer: reading them needs no credentials, going on with them does. */
export function NotConnected() {
  const navigate = useNavigate();
  return (
    <Alert
      type="info"
      header="Not connected: runs can be read, compared and exported"
      action={
        <Button onClick={() => void navigate("/new/connect")} data-testid="runs-connect">
          Connect
        </Button>
      }
      data-testid="runs-not-connected"
    >
      To stop, resume or retry a run, connect to the account and Region, or the sandbox, where it was started.
    </Alert>
  );
}
