import { byId, done } from "@deskhand/shared/schemas/common";
import {
  begunSchedule,
  createDeploymentInput,
  deploymentDetail,
  deploymentInputs,
  deploymentPage,
  deploymentResults,
  deploymentView,
  firingPage,
  listDeploymentsInput,
  listFiringsInput,
  pauseScheduleInput,
  removeScheduleInput,
  retriedDeployment,
  retryDeploymentInput,
  runScheduleInput,
} from "@deskhand/shared/schemas/deployment";
import { changeScheduleInput, renewScheduleInput, scheduleRenewal } from "@deskhand/shared/schemas/older-schedules";
import { cancelDeployment } from "@/server/domain/deployment/cancel-deployment";
import { pauseSchedule, removeSchedule } from "@/server/domain/deployment/change-schedule";
import { changeTerms, getTerms } from "@/server/domain/deployment/change-terms";
import { createDeployment } from "@/server/domain/deployment/create-deployment";
import { getGivenInputs } from "@/server/domain/deployment/given-inputs";
import { pauseDeployment } from "@/server/domain/deployment/pause-deployment";
import { getProgress, getResults, listDeployments } from "@/server/domain/deployment/progress";
import { getDeployment, listFirings } from "@/server/domain/deployment/queries";
import { getRenewal, renewSchedule } from "@/server/domain/deployment/renew-schedule";
import { resumeDeployment } from "@/server/domain/deployment/resume-deployment";
import { retryDeployment } from "@/server/domain/deployment/retry-deployment";
import { runSchedule } from "@/server/domain/deployment/run-schedule";
import { procedure, router } from "./trpc.ts";

const tags = ["Deployments"];

export const deploymentRouter = router({
  create: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "POST", path: "/deployments", tags, summary: "Deploy a workflow: one run for each profile", protect: true },
    })
    .input(createDeploymentInput)
    .output(deploymentView)
    .mutation(({ ctx, input }) => createDeployment(ctx, input)),

  get: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/deployments/{id}", tags, summary: "Get a deployment", protect: true },
    })
    .input(byId)
    .output(deploymentView)
    .query(({ ctx, input }) => getDeployment(ctx, input)),

  list: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/deployments", tags, summary: "List deployments with how they go on, newest first", protect: true },
    })
    .input(listDeploymentsInput)
    .output(deploymentPage)
    .query(({ ctx, input }) => listDeployments(ctx, input)),

  progress: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/deployments/{id}/progress", tags, summary: "Get how a deployment goes on", protect: true },
    })
    .input(byId)
    .output(deploymentDetail)
    .query(({ ctx, input }) => getProgress(ctx, input)),

  results: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/deployments/{id}/results",
        tags,
        summary: "Get what became of each profile of a deployment",
        protect: true,
      },
    })
    .input(byId)
    .output(deploymentResults)
    .query(({ ctx, input }) => getResults(ctx, input)),

  inputs: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/deployments/{id}/inputs",
        tags,
        summary: "Get what a deployment was given for its inputs, without secrets",
        protect: true,
      },
    })
    .input(byId)
    .output(deploymentInputs)
    .query(({ ctx, input }) => getGivenInputs(ctx, input)),

  pause: procedure
    .meta({
      policy: "run.write",
      openapi: {
        method: "POST",
        path: "/deployments/{id}/pause",
        tags,
        summary: "Have the runs of a deployment wait that were not sent yet",
        protect: true,
      },
    })
    .input(byId)
    .output(done)
    .mutation(({ ctx, input }) => pauseDeployment(ctx, input)),

  resume: procedure
    .meta({
      policy: "run.write",
      openapi: {
        method: "POST",
        path: "/deployments/{id}/resume",
        tags,
        summary: "Let the runs of a paused deployment go out again",
        protect: true,
      },
    })
    .input(byId)
    .output(done)
    .mutation(({ ctx, input }) => resumeDeployment(ctx, input)),

  cancel: procedure
    .meta({
      policy: "run.write",
      openapi: {
        method: "POST",
        path: "/deployments/{id}/cancel",
        tags,
        summary: "Ask for all runs of a deployment to stop",
        protect: true,
      },
    })
    .input(byId)
    .output(done)
    .mutation(({ ctx, input }) => cancelDeployment(ctx, input)),

  retry: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "POST", path: "/deployments/{id}/retry", tags, summary: "Run again what failed of a deployment", protect: true },
    })
    .input(retryDeploymentInput)
    .output(retriedDeployment)
    .mutation(({ ctx, input }) => retryDeployment(ctx, input)),

  pauseSchedule: procedure
    .meta({
      policy: "run.write",
      openapi: {
        method: "POST",
        path: "/deployments/{id}/schedule/pause",
        tags,
        summary: "Ask the runner to pause a schedule, or to go on with it",
        protect: true,
      },
    })
    .input(pauseScheduleInput)
    .output(deploymentView)
    .mutation(({ ctx, input }) => pauseSchedule(ctx, input)),

  removeSchedule: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "DELETE", path: "/deployments/{id}/schedule", tags, summary: "Ask the runner to end a schedule", protect: true },
    })
    .input(removeScheduleInput)
    .output(deploymentView)
    .mutation(({ ctx, input }) => removeSchedule(ctx, input)),

  renewSchedule: procedure
    .meta({
      policy: "run.write",
      openapi: {
        method: "POST",
        path: "/deployments/{id}/schedule/renew",
        tags,
        summary: "Have the latest version of a schedule's workflow take its place",
        protect: true,
      },
    })
    .input(renewScheduleInput)
    .output(deploymentView)
    .mutation(({ ctx, input }) => renewSchedule(ctx, input)),

  renewal: procedure
    .meta({
      policy: "run.write",
      openapi: {
        method: "GET",
        path: "/deployments/{id}/schedule/renewal",
        tags,
        summary: "Get what would take a schedule's place, to sign it",
        protect: true,
      },
    })
    .input(byId)
    .output(scheduleRenewal)
    .query(({ ctx, input }) => getRenewal(ctx, input)),

  runSchedule: procedure
    .meta({
      policy: "run.write",
      openapi: {
        method: "POST",
        path: "/deployments/{id}/schedule/run",
        tags,
        summary: "Begin a schedule or trigger by hand, once, now; its times stay as they are",
        protect: true,
      },
    })
    .input(runScheduleInput)
    .output(begunSchedule)
    .mutation(({ ctx, input }) => runSchedule(ctx, input)),

  changeSchedule: procedure
    .meta({
      policy: "run.write",
      openapi: {
        method: "POST",
        path: "/deployments/{id}/schedule/change",
        tags,
        summary: "Have a schedule go on with other times, rules, inputs or profiles",
        protect: true,
      },
    })
    .input(changeScheduleInput)
    .output(deploymentView)
    .mutation(({ ctx, input }) => changeTerms(ctx, input)),

  terms: procedure
    .meta({
      policy: "run.write",
      openapi: {
        method: "GET",
        path: "/deployments/{id}/schedule/terms",
        tags,
        summary: "Get what a change of a schedule starts from, to sign what becomes of it",
        protect: true,
      },
    })
    .input(byId)
    .output(scheduleRenewal)
    .query(({ ctx, input }) => getTerms(ctx, input)),

  firings: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/deployments/{id}/firings", tags, summary: "What became of a schedule's times", protect: true },
    })
    .input(listFiringsInput)
    .output(firingPage)
    .query(({ ctx, input }) => listFirings(ctx, input)),
});
