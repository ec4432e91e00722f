import { byId } from "@deskhand/shared/schemas/common";
import { runInputs } from "@deskhand/shared/schemas/deployment";
import {
  getRunInput,
  holdRunInput,
  listRunsInput,
  rerunInput,
  runDetail,
  runLogInput,
  runLogView,
  runPage,
  runView,
} from "@deskhand/shared/schemas/run";
import { runInsights, runInsightsInput } from "@deskhand/shared/schemas/run-insights";
import { cancelRun } from "@/server/domain/run/cancel-run";
import { holdRun } from "@/server/domain/run/hold-run";
import { readRunInsights } from "@/server/domain/run/insights";
import { getRun, listRuns } from "@/server/domain/run/queries";
import { readRunLog } from "@/server/domain/run/read-run-log";
import { rerunRun } from "@/server/domain/run/rerun-run";
import { getRunInputs } from "@/server/domain/run/run-inputs";
import { waitForRun } from "@/server/domain/run/wait-for-run";
import { serverProcess } from "@/server/process";
import { procedure, router } from "./trpc.ts";

const tags = ["Runs"];

export const runRouter = router({
  list: procedure
    .meta({ policy: "project.read", openapi: { method: "GET", path: "/runs", tags, summary: "List runs, newest first", protect: true } })
    .input(listRunsInput)
    .output(runPage)
    .query(({ ctx, input }) => listRuns(ctx, input)),

  insights: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/run-insights", tags, summary: "Count runs by how they ended, by day and workflow", protect: true },
    })
    .input(runInsightsInput)
    .output(runInsights)
    .query(({ ctx, input }) => readRunInsights(ctx, input)),

  get: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/runs/{id}",
        tags,
        summary: "Get a run with its steps and artifacts, or wait for its next change",
        protect: true,
      },
    })
    .input(getRunInput)
    .output(runDetail)
    .query(({ ctx, input, signal }) => (input.wait > 0 ? waitForRun(ctx, input, serverProcess().signals, signal) : getRun(ctx, input))),

  inputs: procedure
    .meta({
      policy: "project.read",
      openapi: {
        method: "GET",
        path: "/runs/{id}/inputs",
        tags,
        summary: "Get with which inputs a run was begun, without secrets",
        protect: true,
      },
    })
    .input(byId)
    .output(runInputs)
    .query(({ ctx, input }) => getRunInputs(ctx, input)),

  cancel: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "POST", path: "/runs/{id}/cancel", tags, summary: "Ask for a run to stop", protect: true },
    })
    .input(byId)
    .output(runView)
    .mutation(({ ctx, input }) => cancelRun(ctx, input)),

  rerun: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "POST", path: "/runs/{id}/rerun", tags, summary: "Run a finished run's workflow again", protect: true },
    })
    .input(rerunInput)
    .output(runView)
    .mutation(({ ctx, input }) => rerunRun(ctx, input)),

  hold: procedure
    .meta({
      policy: "run.write",
      openapi: { method: "POST", path: "/runs/{id}/holds", tags, summary: "Take the page of a run over", protect: true },
    })
    .input(holdRunInput)
    .output(byId)
    .mutation(({ ctx, input }) => holdRun(ctx, input)),

  log: procedure
    .meta({
      policy: "project.read",
      openapi: { method: "GET", path: "/runs/{id}/log", tags, summary: "Read a run's log from its runner", protect: true },
    })
    .input(runLogInput)
    .output(runLogView)
    .query(({ ctx, input }) => readRunLog(ctx, input, serverProcess().runnerLink)),
});
