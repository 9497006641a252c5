import Badge from "@cloudscape-design/components/badge";
import SideNavigation from "@cloudscape-design/components/side-navigation";
import { useQuery } from "@tanstack/react-query";
import { useLocation, useNavigate } from "react-router";

import { ipc, keys } from "~/ipc";

import { hasEnded } from "./states";

const REFRESH_MILLIS = 15_000;

export function SideNav() {
  const navigate = useNavigate();
  const { pathname } = useLocation();
  const runs = useQuery({
    queryKey: keys.runsList,
    queryFn: () => ipc.runsList(),
    refetchInterval: REFRESH_MILLIS,
  });
  const atWork = runs.data?.filter(({ state }) => !hasEnded(state)).length ?? 0;
  return (
    <SideNavigation
      activeHref={`#/${pathname.split("/")[1] ?? ""}`}
      items={[
        { type: "link", text: "New deployment", href: "#/new" },
        { type: "link", text: "Runs", href: "#/runs", info: atWork > 0 ? <Badge color="blue">{atWork}</Badge> : undefined },
        { type: "divider" },
        { type: "link", text: "Settings", href: "#/settings" },
      ]}
      onFollow={(event) => {
        event.preventDefault();
        void navigate(event.detail.href.slice(1));
      }}
    />
  );
}
