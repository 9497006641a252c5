import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import type { ReactNode } from "react";

interface Props {
  one: string;
  many: string;
  /** An account without any, in a sentence. */
  none: string;
  /** They could not be read, so whether there are any is not known; why is said elsewhere. */
  failed: boolean;
  filtered: boolean;
  listing: boolean;
  onClearFilter: () => void;
  onList: () => void;
}

function words(props: Props): readonly [title: string, text: string, action: ReactNode] {
  const { one, many, none, failed, filtered, listing, onClearFilter, onList } = props;
  if (failed) return ["Not read", `The ${many} could not be read.`, null];
  if (filtered) {
    return ["No matches", `No ${one} matches the filter.`, <Button onClick={onClearFilter}>Clear the filter</Button>];
  }
  if (listing) return [`Listing the ${many}`, "They appear here as they arrive.", null];
  return [`No ${many}`, none, <Button onClick={onList}>{`List the ${many}`}</Button>];
}

/** Why there are no rows, and what to do about it. */
export function InventoryEmpty(props: Props) {
  const [title, text, action] = words(props);
  return (
    <Box textAlign="center" color="inherit" padding={{ vertical: "l" }}>
      <SpaceBetween size="xs">
        <Box variant="strong" color="inherit">
          {title}
        </Box>
        <Box color="text-body-secondary">{text}</Box>
        {action}
      </SpaceBetween>
    </Box>
  );
}
