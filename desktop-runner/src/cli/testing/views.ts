import { randomUUID } from "node:crypto";

/** What the server's REST answers look like. */
const at = "2026-01-01T00:00:00.000Z";
export const page = (...items: object[]) => ({ items, nextCursor: null });
export const ids = {
  project: randomUUID(),
  runner: randomUUID(),
  profile: randomUUID(),
  workflow: randomUUID(),
  run: randomUUID(),
  deployment: randomUUID(),
};

export const profile = {
  id: ids.profile,
  projectId: ids.project,
  name: "Ann",
  runnerId: ids.runner,
  runnerName: "Desk",
  runnerOnline: true,
  state: "new",
  activeRunId: null,
  stateSavedAt: null,
  stateBytes: null,
  lastRunId: null,
  lastRunState: null,
  createdAt: at,
};
export const workflow = {
  id: ids.workflow,
  projectId: ids.project,
  name: "Sign in",
  latestVersion: 3,
  stepCount: 1,
  lastRunState: null,
  lastRunAt: null,
  createdAt: at,
  updatedAt: at,
};
export const version = { id: randomUUID(), workflowId: ids.workflow, number: 4, contentHash: "x", createdAt: at, createdBy: null };
export const deployment = {
  id: ids.deployment,
  projectId: ids.project,
  workflowId: ids.workflow,
  workflowName: "Sign in",
  version: 4,
  runnerId: ids.runner,
  runIds: [ids.run],
  createdAt: at,
};
export const runDetail = (state: string, more: object = {}) => ({
  revision: state,
  id: ids.run,
  projectId: ids.project,
  deploymentId: ids.deployment,
  workflowId: ids.workflow,
  workflowName: "Sign in",
  version: 4,
  runnerId: ids.runner,
  runnerName: "Desk",
  runnerOnline: true,
  profileId: ids.profile,
  profileName: "Ann",
  state,
  failureCode: null,
  failureStep: null,
  cancelRequestedAt: null,
  createdAt: at,
  startedAt: null,
  finishedAt: null,
  steps: [],
  artifacts: [],
  ...more,
});
export const step = (state: string) => ({
  index: 0,
  type: "navigate",
  verb: "Open",
  target: "x",
  detail: null,
  state,
  startedAt: at,
  durationMs: 5,
  failureCode: null,
});
