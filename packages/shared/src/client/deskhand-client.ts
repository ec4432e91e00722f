import * as z from "zod";
import { done } from "../schemas/common.ts";
import {
  begunSchedule,
  type createDeploymentInput,
  deploymentInputs,
  deploymentPage,
  deploymentResults,
  deploymentView,
  firingPage,
  type listDeploymentsInput,
  type runScheduleInput,
} from "../schemas/deployment.ts";
import { type changeScheduleInput, olderScheduleList, type renewScheduleInput, scheduleRenewal } from "../schemas/older-schedules.ts";
import {
  createdProfile,
  type createProfileInput,
  type listProfilesInput,
  profileDetail,
  profilePage,
  profileView,
} from "../schemas/profile.ts";
import { type createProfilesInput, madeProfiles } from "../schemas/profile-bulk.ts";
import { checkStarted, importedProxies, type importProxiesInput, type listProxiesInput, proxyPage } from "../schemas/proxy.ts";
import { type RunnerView, runnerList, runnerView } from "../schemas/runner.ts";
import { type listTriggersInput, triggerPage, triggerView, triggerWithSecret } from "../schemas/trigger.ts";
import {
  type createWorkflowInput,
  type listWorkflowsInput,
  workflowPage,
  workflowVersionDetail,
  workflowVersionList,
  workflowVersionView,
  workflowView,
} from "../schemas/workflow.ts";
import { type startTestsInput, testRunList } from "../schemas/workflow-test.ts";
import { type ClientOptions, createCall } from "./call.ts";
import { paged } from "./paged.ts";
import { runMethods } from "./runs.ts";

type Without<T, K extends string> = Omit<T, K>;
type Recording = { title: string; steps: readonly object[]; [more: string]: unknown };

/**
 * Deskhand's REST interface for programs, in Node and in browsers: typed by the schemas that the server's OpenAPI document is made from.
 * Every method throws DeskhandError.
 */
export function createDeskhandClient(options: ClientOptions) {
  const call = createCall(options);
  const order = (path: string) => call.json("POST", path, { answer: done, body: {} });
  const pauseSchedule = (id: string, paused: boolean, signedManifest: string | undefined) =>
    call.json("POST", `/deployments/${id}/schedule/pause`, {
      answer: deploymentView,
      body: { paused, ...(signedManifest && { signedManifest }) },
    });
  return {
    runners: {
      list: async (): Promise<RunnerView[]> => (await call.json("GET", "/runners", { answer: runnerList })).items,
      get: (id: string) => call.json("GET", `/runners/${id}`, { answer: runnerView }),
    },

    profiles: {
      list: (input: Pick<z.input<typeof listProfilesInput>, "projectId" | "search" | "runnerId"> = {}) =>
        paged((cursor) => call.json("GET", "/profiles", { answer: profilePage, query: { ...input, limit: 100, cursor } })),
      get: (id: string) => call.json("GET", `/profiles/${id}`, { answer: profileDetail }),
      /** `toSign` is what a runner that demands signatures has to be told of it. */
      create: (body: z.input<typeof createProfileInput>) => call.json("POST", "/profiles", { answer: createdProfile, body }),
      /** Up to 1,000 of one runner, all or none; `{n:03}` in the pattern is the number. */
      createMany: (body: z.input<typeof createProfilesInput>) => call.json("POST", "/profiles/many/create", { answer: madeProfiles, body }),
      rename: (id: string, name: string) => call.json("PATCH", `/profiles/${id}`, { answer: profileView, body: { name } }),
      /** Its `notices` up to the one with this `at` were seen. */
      seeNotices: (id: string, until: string) => call.json("POST", `/profiles/${id}/seen`, { answer: profileView, body: { until } }),
      /** `signedManifest` for a runner that demands signatures. */
      delete: (id: string, signedManifest?: string) =>
        call.json("DELETE", `/profiles/${id}`, { answer: z.unknown(), query: { signedManifest } }).then(() => undefined),
    },

    workflows: {
      list: (input: Pick<z.input<typeof listWorkflowsInput>, "projectId" | "search"> = {}) =>
        paged((cursor) => call.json("GET", "/workflows", { answer: workflowPage, query: { ...input, limit: 100, cursor } })),
      get: (id: string) => call.json("GET", `/workflows/${id}`, { answer: workflowView }),
      create: ({ recording, ...rest }: Without<z.input<typeof createWorkflowInput>, "recording"> & { recording: Recording }) =>
        call.json("POST", "/workflows", { answer: workflowView, body: { ...rest, recording: JSON.stringify(recording) } }),
      versions: async (id: string) => (await call.json("GET", `/workflows/${id}/versions`, { answer: workflowVersionList })).items,
      /** The latest when no number is given. */
      version: (id: string, number?: number) =>
        call.json("GET", `/workflows/${id}/version`, { answer: workflowVersionDetail, query: { number } }),
      /** `basedOn` is a content hash: WORKFLOW_MOVED_ON when another version is the latest by now. */
      addVersion: (id: string, recording: Recording, more: { draft?: boolean; basedOn?: string } = {}) =>
        call.json("POST", `/workflows/${id}/versions`, {
          answer: workflowVersionView,
          body: { ...more, recording: JSON.stringify(recording) },
        }),
      delete: (id: string) => call.json("DELETE", `/workflows/${id}`, { answer: done }).then(() => undefined),
      startTests: async (workflowId: string, body: Without<z.input<typeof startTestsInput>, "workflowId">) =>
        (await call.json("POST", `/workflows/${workflowId}/tests`, { answer: z.object({ items: z.array(deploymentView) }), body })).items,
      testRuns: (id: string, number?: number) => call.json("GET", `/workflows/${id}/tests`, { answer: testRunList, query: { number } }),
    },

    deployments: {
      /** One run on each profile, or a schedule. With an `idempotencyKey` it can be sent again. */
      create: (body: z.input<typeof createDeploymentInput>) => call.json("POST", "/deployments", { answer: deploymentView, body }),
      get: (id: string) => call.json("GET", `/deployments/${id}`, { answer: deploymentView }),
      list: (input: Pick<z.input<typeof listDeploymentsInput>, "projectId" | "workflowId" | "runnerId" | "kind" | "state"> = {}) =>
        paged((cursor) => call.json("GET", "/deployments", { answer: deploymentPage, query: { ...input, limit: 100, cursor } })),
      results: (id: string) => call.json("GET", `/deployments/${id}/results`, { answer: deploymentResults }),
      /** What it was given for the inputs of its version; of secret ones only that there are such. */
      inputs: async (id: string) => (await call.json("GET", `/deployments/${id}/inputs`, { answer: deploymentInputs })).items,
      pause: (id: string) => order(`/deployments/${id}/pause`),
      resume: (id: string) => order(`/deployments/${id}/resume`),
      cancel: (id: string) => order(`/deployments/${id}/cancel`),
    },

    runs: runMethods(call),

    /** A schedule is made by `deployments.create` and named by its deployment. */
    schedules: {
      pause: (id: string, signedManifest?: string) => pauseSchedule(id, true, signedManifest),
      resume: (id: string, signedManifest?: string) => pauseSchedule(id, false, signedManifest),
      remove: (id: string, signedManifest?: string) =>
        call.json("DELETE", `/deployments/${id}/schedule`, { answer: deploymentView, query: { signedManifest } }),
      /** Begins it by hand, once, now; its times stay as they are. RUN_NOT_FINISHED where its rule for runs that are not over says so. */
      run: (id: string, body: Without<z.input<typeof runScheduleInput>, "id"> = {}) =>
        call.json("POST", `/deployments/${id}/schedule/run`, { answer: begunSchedule, body }),
      /** Has the latest version of its workflow take its place. The answer is the new deployment. */
      renew: (id: string, body: Without<z.input<typeof renewScheduleInput>, "id"> = {}) =>
        call.json("POST", `/deployments/${id}/schedule/renew`, { answer: deploymentView, body }),
      /** What would take its place: what `signRenewal` signs for a runner that demands signatures. */
      renewal: (id: string) => call.json("GET", `/deployments/${id}/schedule/renewal`, { answer: scheduleRenewal }),
      /** Has a deployment with other times, rules, inputs or profiles take its place. The answer is the new deployment. */
      change: (id: string, body: Without<z.input<typeof changeScheduleInput>, "id">) =>
        call.json("POST", `/deployments/${id}/schedule/change`, { answer: deploymentView, body }),
      /** What a change of it starts from: with what is changed in it, `signRenewal` signs that. */
      terms: (id: string) => call.json("GET", `/deployments/${id}/schedule/terms`, { answer: scheduleRenewal }),
      /** Those of a workflow that run an older version than the latest. */
      older: async (workflowId: string) =>
        (await call.json("GET", `/workflows/${workflowId}/older-schedules`, { answer: olderScheduleList })).items,
      firings: (id: string) =>
        paged((cursor) => call.json("GET", `/deployments/${id}/firings`, { answer: firingPage, query: { limit: 100, cursor } })),
    },

    /** What begins deployments. A webhook's id is in the trigger's `webhook`. */
    triggers: {
      list: (input: Pick<z.input<typeof listTriggersInput>, "projectId" | "workflowId" | "deploymentId"> = {}) =>
        paged((cursor) => call.json("GET", "/triggers", { answer: triggerPage, query: { ...input, limit: 100, cursor } })),
      /** The secret is in this answer only; the one before it is good for 24 hours more. */
      newSecret: (webhookId: string) => call.json("POST", `/triggers/${webhookId}/secret`, { answer: triggerWithSecret, body: {} }),
      enable: (webhookId: string, enabled = true) =>
        call.json("PATCH", `/triggers/${webhookId}`, { answer: triggerView, body: { enabled } }),
    },

    proxies: {
      list: (input: Pick<z.input<typeof listProxiesInput>, "projectId" | "search" | "state"> = {}) =>
        paged((cursor) => call.json("GET", "/proxies", { answer: proxyPage, query: { ...input, limit: 100, cursor } })),
      /** Secrets are sealed to runners by the caller; `deskhand proxies import` does it. */
      import: (body: z.input<typeof importProxiesInput>) => call.json("POST", "/proxies", { answer: importedProxies, body }),
      check: (body: { runnerId: string; proxyIds: string[] }) => call.json("POST", "/proxies/check", { answer: checkStarted, body }),
      delete: (ids: string[]) => call.json("POST", "/proxies/delete", { answer: done, body: { ids } }).then(() => undefined),
    },
  };
}

export type DeskhandClient = ReturnType<typeof createDeskhandClient>;
