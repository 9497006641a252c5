import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";

interface Props {
  one: string;
  many: string;
  /** An account without any, in a sentence. */
  none: string;
  filtered: boolean;
  listing: boolean;
  onClearFilter: () => void;
  onList: () => void;
}

/** Why there are no rows, and what to do about it. */
export function InventoryEmpty({ one, many, none, filtered, listing, onClearFilter, onList }: Props) {
  const [title, text, action] = filtered
    ? (["No matches", `No ${one} matches the filter.`, <Button onClick={onClearFilter}>Clear the filter</Button>] as const)
    : listing
      ? ([`Listing the ${many}`, "They appear here as they arrive.", null] as const)
      : ([`No ${many}`, none, <Button onClick={onList}>{`List the ${many}`}</Button>] as const);
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
