import type { DeploymentView } from "@deskhand/shared/schemas/deployment";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { startTestsInput, TestRunView } from "@deskhand/shared/schemas/workflow-test";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { limitCommands } from "@/server/domain/command/limit-commands";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { findVersion, type ReadyDeployment, readyDeployment, writeDeployment } from "./ready-deployment.ts";

/**
 * Runs tests of a workflow version, each once, on one profile: a test is a deployment with the test's inputs, whose runner compares what
 * the run read with what the test expects. The data stays there; the run has failed with TEST_FAILED when it is another. All of them are
 * started, or none.
 * @throws AppError NOT_FOUND (`details.what`) for a workflow or test that is not there, and what createDeployment throws
 */
export async function startTests(ctx: Context, input: z.output<typeof startTestsInput>): Promise<{ items: DeploymentView[] }> {
  const { projectId } = await authorize(ctx, input.projectId, "run.write");
  const { workflowId, runnerId, profileId } = input;
  const version = await findVersion(ctx, projectId, workflowId, input.version);
  if (!version) throw new AppError("NOT_FOUND", { details: { what: "workflow" } });
  const { tests = [] } = version.content as unknown as Recording;
  const chosen = input.tests.map(({ name, ...given }) => {
    const test = tests.find((candidate) => candidate.name === name);
    if (!test) throw new AppError("NOT_FOUND", { details: { what: "test", name } });
    return { test, ...given };
  });
  const ready: { deployment: ReadyDeployment; testName: string }[] = [];
  for (const { test, secrets, signedManifest } of chosen) {
    const inputs = { ...test.inputs, ...secrets };
    const asked = { projectId, workflowId, version: version.number, runnerId, profileIds: [profileId], inputs };
    ready.push({
      deployment: await readyDeployment(ctx, { ...asked, ...(signedManifest && { signedManifest }) }, version),
      testName: test.name,
    });
  }
  await limitCommands(ctx, { projectId, runnerId, count: ready.length });
  const items = await ctx.db.$transaction(async (tx) => {
    const written: DeploymentView[] = [];
    for (const { deployment, testName } of ready) written.push(await writeDeployment(tx, ctx, deployment, { testName }));
    return written;
  });
  return { items };
}

/** The newest run of each test of a workflow version (the latest when no number is given), in the order of the document. */
export async function listTestRuns(
  ctx: Context,
  input: { id: string; number?: number | undefined },
): Promise<{ version: number; items: TestRunView[] }> {
  const workflow = await ctx.db.workflow.findUnique({ where: { id: input.id, deletedAt: null }, select: { projectId: true } });
  if (!workflow) throw new AppError("NOT_FOUND");
  await authorize(ctx, workflow.projectId, "project.read");
  const version = await ctx.db.workflowVersion.findFirst({
    where: { workflowId: input.id, ...(input.number === undefined ? { draft: false } : { number: input.number }) },
    orderBy: { number: "desc" },
    select: { id: true, number: true, content: true },
  });
  if (!version) throw new AppError("NOT_FOUND");
  const { tests = [] } = version.content as unknown as Recording;
  const runs = await ctx.db.deployment.findMany({
    where: { workflowVersionId: version.id, testName: { in: tests.map(({ name }) => name) } },
    orderBy: [{ testName: "asc" }, { createdAt: "desc" }, { id: "desc" }],
    distinct: ["testName"],
    select: {
      testName: true,
      runs: { take: 1, select: { id: true, state: true, failureCode: true, failureStep: true, finishedAt: true } },
    },
  });
  const byName = new Map(runs.map(({ testName, runs: [run] }) => [testName, run]));
  return {
    version: version.number,
    items: tests.map(({ name }) => {
      const run = byName.get(name);
      return {
        name,
        runId: run?.id ?? null,
        state: run?.state ?? null,
        failureCode: run?.failureCode ?? null,
        failureStep: run?.failureStep ?? null,
        finishedAt: run?.finishedAt?.toISOString() ?? null,
      };
    }),
  };
}
