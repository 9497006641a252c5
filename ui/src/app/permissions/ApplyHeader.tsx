import Button from "@cloudscape-design/components/button";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { counted } from "~/app/format";
import type { PermissionChange } from "~/ipc";

import { type HandOverSource, HandOverMenu } from "./HandOverMenu";

interface Props {
  /** The changes, once they are known. */
  changes: readonly PermissionChange[] | undefined;
  /** Whose policies: "the role", "the roles". */
  whose: string;
  texts: HandOverSource;
  checking: boolean;
  working: boolean;
  applying: boolean;
  /** Whether what is shown is of what was typed before. */
  stale: boolean;
  /** Whether what is typed can be checked. */
  checkable: boolean;
  onCheck: () => void;
  onApply: () => void;
}

/** What applies the changes of a permissions step, hands them over, or looks again. */
export function ApplyHeader(props: Props) {
  const { changes, whose, texts, checking, working, applying, stale, checkable, onCheck, onApply } = props;
  const open = (changes ?? []).filter(({ outcome }) => outcome?.kind !== "done");
  const failed = open.some(({ outcome }) => outcome?.kind === "failed");
  const nothing = changes === undefined ? "Apply" : "Nothing to apply";
  const first = open.length === 0 ? nothing : `Apply ${counted(open.length, "change")}`;
  return (
    <Header
      variant="h2"
      counter={open.length > 0 ? `(${counted(open.length, "change")})` : undefined}
      description={`Nothing is changed until you apply; other policies of ${whose} are left as they are.`}
      actions={
        <SpaceBetween direction="horizontal" size="xs">
          <HandOverMenu source={texts} disabled={changes === undefined || stale} />
          <Button onClick={onCheck} loading={checking} disabled={!checkable || working} data-testid="permissions-check">
            Check again
          </Button>
          <Button
            variant="primary"
            onClick={onApply}
            loading={applying}
            disabled={checking || working || stale || open.length === 0}
            data-testid="permissions-apply"
          >
            {failed ? "Apply again" : first}
          </Button>
        </SpaceBetween>
      }
    >
      What has to be true
    </Header>
  );
}
