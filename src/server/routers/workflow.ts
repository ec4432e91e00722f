import { byId, done } from "@deskhand/shared/schemas/common";
import { deploymentView } from "@deskhand/shared/schemas/deployment";
import { olderScheduleList } from "@deskhand/shared/schemas/older-schedules";
import { repairedStep, repairStepInput } from "@deskhand/shared/schemas/repair";
import {
  addWorkflowVersionInput,
  checkedRecordingView,
  checkRecordingInput,
  createWorkflowInput,
  getWorkflowVersionInput,
  listWorkflowsInput,
  renameWorkflowInput,
  workflowPage,
  workflowVersionDetail,
  workflowVersionList,
  workflowVersionView,
  workflowView,
} from "@deskhand/shared/schemas/workflow";
import { startTestsInput, testRunList } from "@deskhand/shared/schemas/workflow-test";
import * as z from "zod";
import { listOlderSchedules } from "@/server/domain/deployment/older-schedules";
import { listTestRuns, startTests } from "@/server/domain/deployment/start-tests";
import { repairStep } from "@/server/domain/run/repair-step";
import { addWorkflowVersion } from "@/server/domain/workflow/add-workflow-version";
import { checkRecording } from "@/server/domain/workflow/check-recording";
import { createWorkflow } from "@/server/domain/workflow/create-workflow";
import { deleteWorkflow } from "@/server/domain/workflow/delete-workflow";
import { getWorkflow, getWorkflowVersion, listWorkflows, listWorkflowVersions } from "@/server/domain/workflow/queries";
import { renameWorkflow } from "@/server/domain/workflow/rename-workflow";
import { procedure, router } from "./trpc.ts";

const tags = ["Workflows"];

export const workflowRouter = router({
  list: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/workflows", tags, summary: "List workflows", protect: true } })
    .input(listWorkflowsInput)
    .output(workflowPage)
    .query(({ ctx, input }) => listWorkflows(ctx, input)),

  get: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/workflows/{id}", tags, summary: "Get a workflow", protect: true } })
    .input(byId)
    .output(workflowView)
    .query(({ ctx, input }) => getWorkflow(ctx, input)),

  check: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "POST", path: "/workflows/check", tags, summary: "Check a recording without keeping it", protect: true },
    })
    .input(checkRecordingInput)
    .output(checkedRecordingView)
    .mutation(({ ctx, input }) => checkRecording(ctx, input)),

  create: procedure
    .meta({
      policy: "workflow.write",
      openapi: { method: "POST", path: "/workflows", tags, summary: "Create a workflow from a recording", protect: true },
    })
    .input(createWorkflowInput)
    .output(workflowView)
    .mutation(({ ctx, input }) => createWorkflow(ctx, input)),

  addVersion: procedure
    .meta({
      policy: "workflow.write",
      openapi: { method: "POST", path: "/workflows/{id}/versions", tags, summary: "Add a version to a workflow", protect: true },
    })
    .input(addWorkflowVersionInput)
    .output(workflowVersionView)
    .mutation(({ ctx, input }) => addWorkflowVersion(ctx, input)),

  repairStep: procedure
    .meta({
      policy: "workflow.write",
      openapi: {
        method: "POST",
        path: "/runs/{id}/repair",
        tags,
        summary: "Make a new version in which a step of a run looks for these selectors first",
        protect: true,
      },
    })
    .input(repairStepInput)
    .output(repairedStep)
    .mutation(({ ctx, input }) => repairStep(ctx, input)),

  startTests: procedure
    .meta({
      policy: "run.write",
      openapi: {
        method: "POST",
        path: "/workflows/{workflowId}/tests",
        tags,
        summary: "Run tests of a workflow on a profile",
        protect: true,
      },
    })
    .input(startTestsInput)
    .output(z.object({ items: z.array(deploymentView) }))
    .mutation(({ ctx, input }) => startTests(ctx, input)),

  testRuns: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/workflows/{id}/tests",
        tags,
        summary: "The tests of a version (?number=, else the latest) with the newest run of each",
        protect: true,
      },
    })
    .input(getWorkflowVersionInput)
    .output(testRunList)
    .query(({ ctx, input }) => listTestRuns(ctx, input)),

  rename: procedure
    .meta({
      policy: "workflow.write",
      openapi: { method: "PATCH", path: "/workflows/{id}", tags, summary: "Rename a workflow", protect: true },
    })
    .input(renameWorkflowInput)
    .output(workflowView)
    .mutation(({ ctx, input }) => renameWorkflow(ctx, input)),

  delete: procedure
    .meta({
      policy: "workflow.write",
      openapi: { method: "DELETE", path: "/workflows/{id}", tags, summary: "Delete a workflow; its runs stay", protect: true },
    })
    .input(byId)
    .output(done)
    .mutation(({ ctx, input }) => deleteWorkflow(ctx, input)),

  versions: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/workflows/{id}/versions",
        tags,
        summary: "List a workflow's versions, newest first",
        protect: true,
      },
    })
    .input(byId)
    .output(workflowVersionList)
    .query(({ ctx, input }) => listWorkflowVersions(ctx, input)),

  olderSchedules: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/workflows/{id}/older-schedules",
        tags,
        summary: "List schedules and triggers of a workflow that run an older version than the latest",
        protect: true,
      },
    })
    .input(byId)
    .output(olderScheduleList)
    .query(({ ctx, input }) => listOlderSchedules(ctx, input)),

  version: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/workflows/{id}/version",
        tags,
        summary: "Get a version with its steps: ?number=, else the latest",
        protect: true,
      },
    })
    .input(getWorkflowVersionInput)
    .output(workflowVersionDetail)
    .query(({ ctx, input }) => getWorkflowVersion(ctx, input)),
});
