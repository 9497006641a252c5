import type { ComponentType } from "react";

import { CausesPage } from "~/features/causes/CausesPage";
import { ComparePage } from "~/features/runs/ComparePage";
import { RunsPage } from "~/features/runs/RunsPage";
import { SettingsPage } from "~/features/settings/SettingsPage";
import { WatchPage } from "~/features/watch/WatchPage";
import { WizardPage } from "~/features/wizard/WizardPage";

import { steps } from "./steps";

export interface Screen {
  path: string;
  title: string;
  Component: ComponentType;
  /** Where the breadcrumbs begin. */
  parent?: { title: string; path: string };
  /** Has a rail of its own, so the side navigation is folded. */
  wizard?: boolean;
}

function NewDeployment() {
  return <WizardPage steps={steps} />;
}

/** All screens, most particular path first. */
export const screens: readonly Screen[] = [
  { path: "/new/:step?", title: "New deployment", Component: NewDeployment, wizard: true },
  { path: "/runs/:id/causes", title: "Causes", Component: CausesPage, parent: { title: "Runs", path: "/runs" } },
  { path: "/runs/compare", title: "Compare runs", Component: ComparePage, parent: { title: "Runs", path: "/runs" } },
  { path: "/runs/:id", title: "Run", Component: WatchPage, parent: { title: "Runs", path: "/runs" } },
  { path: "/runs", title: "Runs", Component: RunsPage },
  { path: "/settings", title: "Settings", Component: SettingsPage },
];
