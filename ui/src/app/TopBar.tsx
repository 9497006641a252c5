import TopNavigation from "@cloudscape-design/components/top-navigation";
import type { TopNavigationProps } from "@cloudscape-design/components/top-navigation";
import { useNavigate } from "react-router";

import type { Connection } from "~/ipc";

import { useConnection } from "./connection";
import { COMMAND } from "./hotkeys";

/** "SANDBOX · 000000000000 · eu-west-1", or who works in which account. */
function connectionText(connection: Connection): string {
  const where = `${connection.account} · ${connection.region}`;
  if (connection.sandbox !== null) return `SANDBOX · ${where}`;
  const identity = connection.identity.split(":").pop() ?? connection.identity;
  return `${identity} · ${where}`;
}

/** Brand, the connection (always in sight), the palette and the settings. */
export function TopBar({ onFind }: { onFind: () => void }) {
  const navigate = useNavigate();
  const connection = useConnection();
  const sandbox = connection !== null && connection.sandbox !== null;
  const connectionButton: TopNavigationProps.Utility = {
    type: "button",
    iconName: sandbox ? "status-warning" : connection ? "user-profile" : "status-stopped",
    text: connection ? connectionText(connection) : "Not connected",
    title: connection ? `${connection.identity}${connection.endpoint ? ` at ${connection.endpoint}` : ""}` : "Not connected",
    disableUtilityCollapse: true,
    disableTextCollapse: true,
    onClick: () => void navigate("/new/connect"),
  };
  return (
    <div id="top" className={sandbox ? "sandbox" : undefined} data-testid="top-bar">
      <TopNavigation
        identity={{
          title: "Overseed",
          href: "#/new",
          onFollow: (event) => {
            event.preventDefault();
            void navigate("/new");
          },
        }}
        utilities={[
          connectionButton,
          {
            type: "button",
            iconName: "search",
            text: `${COMMAND}K`,
            ariaLabel: `${COMMAND}K: find a step, run, group, device or action`,
            title: "Find a step, run, group, device or action",
            disableUtilityCollapse: true,
            disableTextCollapse: true,
            onClick: onFind,
          },
          {
            type: "button",
            iconName: "settings",
            ariaLabel: "Settings",
            title: "Settings",
            disableUtilityCollapse: true,
            onClick: () => void navigate("/settings"),
          },
        ]}
      />
    </div>
  );
}
