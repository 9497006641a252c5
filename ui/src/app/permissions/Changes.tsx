import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useMemo, useState } from "react";

import { Difference } from "~/app/diff/Difference";
import { counted } from "~/app/format";
import type { PermissionChange } from "~/ipc";

import { type Bundle, bundles, isShown } from "./bundles";
import { inALine, tooLarge } from "./changeWords";
import { Outcomes } from "./Outcomes";

/** With more documents than this only the first is open: a fleet's policies would fill many screens. */
const FEW = 3;

/** Where a change is on the screen. Two roles may have changes of the same id: `of` tells them apart. */
export function changeAnchor(id: string, of = ""): string {
  return `permission-change-${of === "" ? "" : `${of}-`}${id}`;
}

/** Brings a change into sight. */
export function showChange(changes: readonly PermissionChange[], id: string, of = ""): void {
  const bundle = bundles(changes).find(({ calls }) => calls.some((call) => call.id === id));
  const section = bundle && document.getElementById(changeAnchor(bundle.id, of));
  section?.scrollIntoView({ block: "start" });
  section?.focus({ preventScroll: true });
}

interface SectionProps {
  bundle: Bundle;
  of: string;
  attempted: boolean;
  open: boolean;
  onOpen: (open: boolean) => void;
}

function Section({ bundle, of, attempted, open, onOpen }: SectionProps) {
  const { main, title } = bundle;
  const line = inALine(bundle);
  const anchor = changeAnchor(bundle.id, of);
  return (
    <section id={anchor} tabIndex={-1} data-testid={anchor} className="change">
      {isShown(bundle) ? (
        <ExpandableSection
          headerText={title}
          headerDescription={line}
          expanded={open}
          onChange={({ detail }) => onOpen(detail.expanded)}
        >
          {/* What nobody has opened is not compared either. */}
          {open && <Difference before={main.before ?? ""} after={main.after ?? ""} label={title} />}
        </ExpandableSection>
      ) : (
        <div className="change-line">
          {title} <Box variant="small">{line}</Box>
        </div>
      )}
      <div className="change-outcomes">
        {tooLarge(main) && <Box color="text-status-error">Too large: AWS would refuse it.</Box>}
        <Outcomes calls={bundle.calls} attempted={attempted} />
      </div>
    </section>
  );
}

interface ChangesProps {
  changes: readonly PermissionChange[];
  /** The change that was asked for elsewhere on the screen. */
  shown: string | null;
  /** Whose changes they are, where a screen has several of these. */
  of?: string;
  whose?: string;
}

/** Each change before it is made: what is there, what is proposed, how large it is, and how making it ended. */
export function Changes({ changes, shown, of = "", whose }: ChangesProps) {
  const [chosen, setChosen] = useState<Record<string, boolean>>({});
  const all = useMemo(() => bundles(changes), [changes]);
  const withDocuments = all.filter(isShown);
  const attempted = changes.some(({ outcome }) => outcome !== null);
  const applied = changes.every(({ outcome }) => outcome?.kind === "done");
  const isOpen = ({ id, calls }: Bundle) =>
    chosen[id] ??
    (calls.some((call) => call.id === shown || call.outcome?.kind === "failed") ||
      (!applied && (withDocuments.length <= FEW || id === withDocuments[0]?.id)));
  const every = withDocuments.every(isOpen);
  return (
    <Container
      header={
        <Header
          variant="h2"
          counter={`(${counted(changes.length, "call")})`}
          description={
            applied
              ? "All of it is done. Check again to see the role as it is now."
              : "What is there now beside what is proposed, in the order of the calls."
          }
          actions={
            withDocuments.length > 1 && (
              <Button
                onClick={() => setChosen(Object.fromEntries(withDocuments.map(({ id }) => [id, !every])))}
                data-testid={of === "" ? "permissions-open-all" : `permissions-open-all-${of}`}
              >
                {every ? "Close all" : "Open all"}
              </Button>
            )
          }
        >
          {applied ? "Applied" : "Now and proposed"}
          {whose !== undefined && ` for ${whose}`}
        </Header>
      }
    >
      <SpaceBetween size="xs">
        {all.map((bundle) => (
          <Section
            key={bundle.id}
            bundle={bundle}
            of={of}
            attempted={attempted}
            open={isOpen(bundle)}
            onOpen={(open) => setChosen({ ...chosen, [bundle.id]: open })}
          />
        ))}
      </SpaceBetween>
    </Container>
  );
}
