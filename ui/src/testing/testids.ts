/**
 * What end-to-end tests click and read, by `data-testid`. Cloudscape's own buttons of the wizard (Next, Previous,
 * Leave) are found by their text.
 */
export const testIds = {
  topBar: "top-bar",
  /** A step's content: `step-connect`, `step-groups`, `step-versions`, `step-file`, … */
  step: (id: string) => `step-${id}`,
  /** "Copy as AWS CLI" of a step: `command-text-groups`, … */
  commandText: (step: string) => `command-text-${step}`,
  problem: "problem",
  connectAccount: "connect-account",
  connectSandbox: "connect-sandbox",
  connectProfile: "connect-profile",
  connectRegion: "connect-region",
  connectEndpoint: "connect-endpoint",
  connectScenario: "connect-scenario",
  connectGroups: "connect-groups",
  connectSubmit: "connect-submit",
  connectProblem: "connect-problem",
  connected: "connected",
  disconnect: "connect-disconnect",
  v1Ended: "v1-ended",
  draftContinue: "draft-continue",
  draftReset: "draft-reset",
} as const;
