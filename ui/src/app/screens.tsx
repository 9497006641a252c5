import type { ComponentType } from "react";

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
];
