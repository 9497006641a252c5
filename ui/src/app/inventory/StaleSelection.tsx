import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";

import { counted } from "~/app/format";

import type { TargetKind } from "./kind";
import type { useSelect } from "./useInventory";

interface Props {
  kind: Pick<TargetKind<never, never>, "name" | "one" | "many" | "staleFilter" | "staleWords">;
  stale: number;
  select: ReturnType<typeof useSelect>["select"];
}

/** Targets that were selected and cannot be deployed to since the last listing. */
export function StaleSelection({ kind, stale, select }: Props) {
  if (stale === 0) return null;
  return (
    <Alert
      type="warning"
      action={
        <Button
          loading={select.isPending}
          onClick={() => select.mutate({ kind: "matching", filter: kind.staleFilter, selected: false })}
          data-testid={`${kind.name}-drop-stale`}
        >
          Deselect {stale === 1 ? "it" : "them"}
        </Button>
      }
    >
      {counted(stale, `selected ${kind.one}`, `selected ${kind.many}`)} cannot be deployed to any more
      {kind.staleWords && `: ${kind.staleWords}`}.
    </Alert>
  );
}
