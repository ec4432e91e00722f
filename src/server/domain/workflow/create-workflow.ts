import type { createWorkflowInput, WorkflowView } from "@deskhand/shared/schemas/workflow";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import type { Prisma } from "@/server/generated/prisma/client";
import { sendSignals } from "@/server/signals";
import { contentHash } from "./content-hash.ts";
import { nameFrom, readRecording } from "./read-recording.ts";
import { viewWorkflow } from "./view.ts";

/**
 * Makes a workflow whose first version is the recording. One whose first version is a draft is in no list until that is published.
 * @throws AppError RECORDING_INVALID, RECORDING_TOO_LARGE
 */
export async function createWorkflow(ctx: Context, input: z.output<typeof createWorkflowInput>): Promise<WorkflowView> {
  const { projectId } = await authorize(ctx, input.projectId, "workflow.write");
  const recording = readRecording(input.recording);
  const now = ctx.clock.now();
  const workflow = await ctx.db.$transaction(async (tx) => {
    const created = await tx.workflow.create({
      data: {
        projectId,
        name: input.name ?? nameFrom(recording.title),
        createdAt: now,
        updatedAt: now,
        versions: {
          create: {
            number: 1,
            contentHash: contentHash(recording),
            content: recording as unknown as Prisma.InputJsonObject,
            draft: input.draft ?? false,
            createdById: "userId" in ctx.actor ? ctx.actor.userId : null,
            createdAt: now,
          },
        },
      },
    });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "workflow", id: created.id }]);
    return created;
  });
  return viewWorkflow(workflow, { latestVersion: 1, stepCount: recording.steps.length, lastRunState: null, lastRunAt: null });
}
