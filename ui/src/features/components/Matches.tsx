import Box from "@cloudscape-design/components/box";
import StatusIndicator from "@cloudscape-design/components/status-indicator";
import { keepPreviousData, useQuery } from "@tanstack/react-query";

import { count, counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { useSettled } from "~/app/useSettled";
import { ipc, keys } from "~/ipc";
import type { DevicesMeant, Filter } from "~/ipc";

const TYPING_MILLIS = 300;

function useMatches(filter: Filter) {
  return useQuery({
    queryKey: keys.devicesMatching(filter),
    queryFn: () => ipc.devicesPage({ filter, sort: "thingName", descending: false, offset: 0, limit: 1 }),
    placeholderData: keepPreviousData,
    enabled: filter.tokens.length > 0,
  });
}

/** Whether a filter asks for what is read device by device. */
function asksDetails({ tokens }: Filter): boolean {
  return tokens.some(({ property }) => property === "thingGroup" || property === "nucleus");
}

/** How many of the selected devices a filter means, as far as they are known. */
export function Matches({ filter }: { filter: Filter }) {
  const settled = useSettled(filter, TYPING_MILLIS);
  const matches = useMatches(settled);
  if (settled.tokens.length === 0) return <Box color="text-body-secondary">Give at least one condition.</Box>;
  if (matches.error) return <ProblemAlert error={matches.error} />;
  if (!matches.data) return <StatusIndicator type="loading">Counting</StatusIndicator>;
  const { selected, total } = matches.data;
  const meant = matches.data.matches - matches.data.matchesUnselected;
  return (
    <Box color="text-body-secondary" data-testid="meant-matches">
      {count(meant)} of {counted(selected, "selected device")} match, {count(matches.data.matches)} of all {count(total)}.
      {asksDetails(settled) &&
        " Nucleus and thing groups count where they were read: look at the devices, or at the thing group, in the step Devices."}
    </Box>
  );
}

/** The same in a heading: how many of the selected devices a part is for. */
export function MeantCount({ of }: { of: DevicesMeant }) {
  const matches = useMatches(of.kind === "matching" ? of.filter : { operation: "and", tokens: [] });
  if (!matches.data) return null;
  const meant = matches.data.matches - matches.data.matchesUnselected;
  return (
    <>
      {count(meant)} of {counted(matches.data.selected, "selected device")}
    </>
  );
}
