import Button from "@cloudscape-design/components/button";
import Container from "@cloudscape-design/components/container";
import Header from "@cloudscape-design/components/header";
import SpaceBetween from "@cloudscape-design/components/space-between";

import { Working } from "~/app/parts/Working";
import type { Job } from "~/ipc";

import { Checks } from "./Checks";
import { type Judged, verdictOf } from "./verdict";

interface Props {
  review: Judged | undefined;
  checking: boolean;
  job: Job | null;
  onAgain: () => void;
}

/** All preflight checks, and checking again. */
export function BeforeTheStart({ review, checking, job, onAgain }: Props) {
  return (
    <Container
      header={
        <Header
          variant="h2"
          description={checking ? "Checking…" : review === undefined ? "Not checked." : verdictOf(review)}
          actions={
            <Button onClick={onAgain} loading={checking} data-testid="review-check">
              Check again
            </Button>
          }
        >
          Before the start
        </Header>
      }
    >
      <SpaceBetween size="s">
        {job !== null && <Working job={job} />}
        <Checks checks={review?.checks ?? []} loading={review === undefined && checking} onMended={onAgain} />
      </SpaceBetween>
    </Container>
  );
}
