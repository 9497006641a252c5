import { useQuery } from "@tanstack/react-query";

import { ipc, keys } from "~/ipc";

/** Version, data folder, connection, scenarios and Regions. */
export function useAppStatus() {
  return useQuery({ queryKey: keys.app, queryFn: () => ipc.appStatus() });
}

/** Whether it is known that there is no connection. */
export function useNotConnected(): boolean {
  return useAppStatus().data?.connection === null;
}

/** The connection in use; absent while there is none, or while it is not known yet. */
export function useConnection() {
  return useAppStatus().data?.connection ?? null;
}
