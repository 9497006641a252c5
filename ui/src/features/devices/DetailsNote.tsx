import Button from "@cloudscape-design/components/button";
import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { counted } from "~/app/format";
import { problemOf } from "~/ipc";

import { READ_ONE_BY_ONE } from "./filter";
import type { useDetails } from "./useDetails";

interface Props {
  details: ReturnType<typeof useDetails>;
  shown: number;
  filter: PropertyFilterProps.Query;
}

/** How far nucleus and thing groups are known: they are read device by device. */
export function DetailsNote({ details, shown, filter }: Props) {
  if (details.isFetching) {
    return (
      <StatusIndicator type="in-progress">
        Reading nucleus and thing groups of {counted(shown, "core device")}
      </StatusIndicator>
    );
  }
  if (details.error) {
    return (
      <span>
        <StatusIndicator type="warning">
          Nucleus and thing groups not read: {problemOf(details.error).message}
        </StatusIndicator>{" "}
        <Button variant="inline-link" onClick={() => void details.refetch()}>
          Read them again
        </Button>
      </span>
    );
  }
  if (filter.tokens.some(({ propertyKey }) => READ_ONE_BY_ONE.includes(propertyKey ?? ""))) {
    return <StatusIndicator type="info">A filter by nucleus or thing group finds only devices that were read</StatusIndicator>;
  }
  return null;
}
