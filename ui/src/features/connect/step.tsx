import type { WizardStep } from "~/app/wizard";
import { ipc } from "~/ipc";

import { ConnectHelp } from "./ConnectHelp";
import { ConnectStep } from "./ConnectStep";

export const connectStep: WizardStep = {
  id: "connect",
  title: "Connect",
  Content: ConnectStep,
  help: <ConnectHelp />,
  unfinished: async () => {
    const { connection } = await ipc.appStatus();
    return connection ? null : "Connect to an account or to the sandbox first.";
  },
};
