import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import ExpandableSection from "@cloudscape-design/components/expandable-section";
import Grid from "@cloudscape-design/components/grid";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import StatusIndicator from "@cloudscape-design/components/status-indicator";

import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Working } from "~/app/parts/Working";
import type { DeviceDraft } from "~/ipc";

import { ArtifactsTable } from "./ArtifactsTable";
import { DefaultConfiguration } from "./DefaultConfiguration";
import { PublishDone } from "./PublishDone";
import { PublishFields } from "./PublishFields";
import { RecipeFindings } from "./RecipeFindings";
import { RecipeLines } from "./RecipeLines";
import { RecipeSource } from "./RecipeSource";
import { Standing } from "./Standing";
import { withComponent } from "./layers";
import { NO_RECIPE, type PublishForm, requestOf, whyNot } from "./publishForm";
import { useLayers } from "./useLayers";
import { useCheck, usePublish } from "./usePublish";
import { useTyped } from "./useTyped";

/** From a recipe to a version that can be deployed. What was typed is kept as long as the window is open. */
export function PublishModal({ draft, onDismiss }: { draft: DeviceDraft; onDismiss: () => void }) {
  const [form, setForm] = useTyped<PublishForm>("publish", NO_RECIPE);
  const { layers, set } = useLayers(draft);
  const check = useCheck(form);
  const { publish, job, error } = usePublish();
  const publishing = publish.isPending || job !== null;
  const reason = whyNot(form, check.counts ? check.data : undefined);
  const published = publish.data;
  const change = (apply: (before: PublishForm) => PublishForm) => {
    // What was published before is another thing than what is typed now.
    if (!publish.isPending) publish.reset();
    setForm(apply);
  };
  const more = (fields: Partial<PublishForm>) => change((before) => ({ ...before, ...fields }));
  return (
    <Modal
      visible
      size="max"
      header="Publish a component"
      closeAriaLabel="Close"
      onDismiss={({ detail }) => (detail.reason === "overlay" ? undefined : onDismiss())}
      footer={
        <div className="choose-line choose-line-apart">
          <div>
            {job ? (
              <Working job={job} />
            ) : publish.isPending ? (
              <StatusIndicator type="in-progress">Publishing</StatusIndicator>
            ) : check.job && check.busy ? (
              <Working job={check.job} />
            ) : check.busy ? (
              <StatusIndicator type="loading">Checking the recipe</StatusIndicator>
            ) : (
              reason !== null && !published && <Box color="text-body-secondary">{reason}</Box>
            )}
          </div>
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Close
            </Button>
            <Button
              disabled={form.recipe.trim() === "" || check.busy || publishing}
              onClick={check.again}
              data-testid="publish-check"
            >
              Check again
            </Button>
            <Button
              variant="primary"
              disabled={reason !== null || published !== undefined}
              loading={publishing}
              onClick={() => publish.mutate(requestOf(form))}
              data-testid="publish-submit"
            >
              {check.data ? `Publish ${check.data.recipe.name} ${check.data.recipe.version}` : "Publish"}
            </Button>
          </SpaceBetween>
        </div>
      }
    >
      <SpaceBetween size="l">
        {error && <ProblemAlert error={error} testId="publish-problem" />}
        {published && (
          <PublishDone
            published={published}
            layers={layers}
            onAdd={(index) => {
              const before = layers[index]?.intent?.components?.[published.name];
              const kept = before?.change === "set" ? before : {};
              const intent = { ...kept, change: "set" as const, version: published.version };
              set(withComponent(layers, index, { name: published.name, intent }));
            }}
            onNext={() => change((before) => ({ ...NO_RECIPE, bucket: before.bucket, artifacts: before.artifacts }))}
          />
        )}
        <Grid gridDefinition={[{ colspan: { default: 12, m: 7 } }, { colspan: { default: 12, m: 5 } }]}>
          <RecipeSource form={form} onChange={change} />
          <PublishFields form={form} check={check.data} onChange={more} />
        </Grid>
        <DefaultConfiguration key={check.data?.recipe.name} form={form} check={check.data} onChange={more} />
        {check.error && <ProblemAlert error={check.error} retry={check.again} testId="publish-check-problem" />}
        {check.data && !check.error && (
          <>
            {!published && <Standing check={check.data} form={form} onChange={more} />}
            <div className="publish-table">
              <RecipeFindings recipe={check.data.recipe} onMended={check.again} />
            </div>
            <div className="publish-table">
              <ArtifactsTable check={check.data} />
            </div>
            {check.data.recipe.recipe !== form.recipe && (
              <ExpandableSection headerText="Recipe as it will be published" variant="footer">
                <RecipeLines text={check.data.recipe.recipe} label="Recipe as it will be published" />
              </ExpandableSection>
            )}
          </>
        )}
      </SpaceBetween>
    </Modal>
  );
}
