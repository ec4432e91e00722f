import type { addWorkflowVersionInput, WorkflowVersionView } from "@deskhand/shared/schemas/workflow";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import type { Prisma } from "@/server/generated/prisma/client";
import { sendSignals } from "@/server/signals";
import { contentHash } from "./content-hash.ts";
import { findNames, findWorkflow } from "./queries.ts";
import { readRecording } from "./read-recording.ts";
import { viewWorkflowVersion } from "./view.ts";

/**
 * Adds the recording as the workflow's next version; those before stay as they are.
 * @throws AppError NOT_FOUND, RECORDING_INVALID, RECORDING_TOO_LARGE, WORKFLOW_UNCHANGED with `details.version` when the latest version
 * has the same content
 */
export async function addWorkflowVersion(ctx: Context, input: z.output<typeof addWorkflowVersionInput>): Promise<WorkflowVersionView> {
  const { id, projectId } = await findWorkflow(ctx, input.id, "workflow.write");
  const recording = readRecording(input.recording);
  const hash = contentHash(recording);
  const now = ctx.clock.now();
  const version = await ctx.db.$transaction(async (tx) => {
    // the workflow's row orders versions that are added at the same time; touching it also finds out whether it was deleted
    const touched = await tx.workflow.updateMany({ where: { id, deletedAt: null }, data: { updatedAt: now } });
    if (touched.count === 0) throw new AppError("NOT_FOUND");
    const latest = await tx.workflowVersion.findFirst({
      where: { workflowId: id },
      orderBy: { number: "desc" },
      select: { number: true, contentHash: true },
    });
    if (latest?.contentHash === hash) throw new AppError("WORKFLOW_UNCHANGED", { details: { version: latest.number } });
    const created = await tx.workflowVersion.create({
      data: {
        workflowId: id,
        number: (latest?.number ?? 0) + 1,
        contentHash: hash,
        content: recording as unknown as Prisma.InputJsonObject,
        createdById: "userId" in ctx.actor ? ctx.actor.userId : null,
        createdAt: now,
      },
      omit: { content: true },
    });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "workflow", id }]);
    return created;
  });
  const names = await findNames(ctx, [version]);
  return viewWorkflowVersion(version, names(version.createdById));
}
