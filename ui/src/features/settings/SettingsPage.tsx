import Box from "@cloudscape-design/components/box";
import Container from "@cloudscape-design/components/container";
import ContentLayout from "@cloudscape-design/components/content-layout";
import FormField from "@cloudscape-design/components/form-field";
import Header from "@cloudscape-design/components/header";
import SegmentedControl from "@cloudscape-design/components/segmented-control";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Spinner from "@cloudscape-design/components/spinner";
import Toggle from "@cloudscape-design/components/toggle";

import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { DENSITIES, THEMES, useSettings } from "~/app/settings";
import type { Settings } from "~/ipc";

import { About } from "./About";
import { Diagnostics } from "./Diagnostics";

function Looks({ settings, store }: { settings: Settings; store: (settings: Settings) => void }) {
  return (
    <SpaceBetween size="l">
      <FormField label="Theme">
        <SegmentedControl
          label="Theme"
          selectedId={settings.theme}
          options={THEMES}
          onChange={({ detail }) => {
            const theme = THEMES.find(({ id }) => id === detail.selectedId)?.id;
            if (theme !== undefined) store({ ...settings, theme });
          }}
          data-testid="settings-theme"
        />
      </FormField>
      <FormField label="Density" description="How much fits on a screen.">
        <SegmentedControl
          label="Density"
          selectedId={settings.density}
          options={DENSITIES}
          onChange={({ detail }) => {
            const density = DENSITIES.find(({ id }) => id === detail.selectedId)?.id;
            if (density !== undefined) store({ ...settings, density });
          }}
          data-testid="settings-density"
        />
      </FormField>
      <Toggle
        checked={settings.keepAwake}
        description="While this window drives a run. The screen may still go dark."
        onChange={({ detail }) => store({ ...settings, keepAwake: detail.checked })}
        data-testid="settings-awake"
      >
        Keep the computer awake
      </Toggle>
      <Toggle
        checked={settings.notify}
        description="When a run holds or ends while another window has the keyboard. Figures only, no names of accounts or roles."
        onChange={({ detail }) => store({ ...settings, notify: detail.checked })}
        data-testid="settings-notify"
      >
        Show desktop notifications
      </Toggle>
    </SpaceBetween>
  );
}

/** How the app looks and behaves, where its data lie, and what it is. */
export function SettingsPage() {
  const { query, store } = useSettings();
  return (
    <ContentLayout header={<Header variant="h1">Settings</Header>}>
      <SpaceBetween size="m">
        <Container header={<Header variant="h2">Window</Header>}>
          {query.isError && <ProblemAlert error={query.error} retry={() => void query.refetch()} />}
          {query.isPending && (
            <Box padding="l">
              <Spinner /> Reading the settings
            </Box>
          )}
          {query.data !== undefined && <Looks settings={query.data} store={store} />}
        </Container>
        <Diagnostics />
        <About />
      </SpaceBetween>
    </ContentLayout>
  );
}
