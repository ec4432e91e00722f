import type { Recording } from "@deskhand/shared/schemas/recording";
import type { addWorkflowVersionInput, WorkflowVersionView } from "@deskhand/shared/schemas/workflow";
import type * as z from "zod";
import type { Context } from "@/server/context";
import type { Tx } from "@/server/db";
import { AppError } from "@/server/errors";
import type { Prisma, WorkflowVersion } from "@/server/generated/prisma/client";
import { sendSignals } from "@/server/signals";
import { contentHash } from "./content-hash.ts";
import { findNames, findWorkflow } from "./queries.ts";
import { readRecording } from "./read-recording.ts";
import { viewWorkflowVersion } from "./view.ts";

/**
 * Adds the recording as the workflow's next version; those before stay as they are. A draft is a version that is tested before it is
 * published: the same content without `draft` publishes that very version, so that what was tested is what runs.
 * @throws AppError NOT_FOUND, RECORDING_INVALID, RECORDING_TOO_LARGE, and what {@link writeVersion} throws
 */
export async function addWorkflowVersion(ctx: Context, input: z.output<typeof addWorkflowVersionInput>): Promise<WorkflowVersionView> {
  const { id, projectId } = await findWorkflow(ctx, input.id, "workflow.write");
  const recording = readRecording(input.recording);
  const { draft = false, basedOn } = input;
  const version = await ctx.db.$transaction((tx) => writeVersion(tx, ctx, { workflow: { id, projectId }, recording, draft, basedOn }));
  const names = await findNames(ctx, [version]);
  return viewWorkflowVersion(version, names(version.createdById));
}

type Write = {
  workflow: { id: string; projectId: string };
  recording: Recording;
  draft: boolean;
  /** The content hash of what it was made from; what is published last when nobody says. */
  basedOn?: string | undefined;
};

/**
 * Writes a version within the caller's transaction. The caller has authorized it.
 * @throws AppError NOT_FOUND when the workflow was deleted, WORKFLOW_UNCHANGED with `details.version` when the latest version has the same
 * content, WORKFLOW_MOVED_ON with `details.version` when the latest is not the one that `basedOn` names
 */
export async function writeVersion(
  tx: Tx,
  ctx: Context,
  { workflow: { id, projectId }, recording, draft, basedOn }: Write,
): Promise<Omit<WorkflowVersion, "content">> {
  const hash = contentHash(recording);
  const now = ctx.clock.now();
  // the workflow's row orders versions that are added at the same time; touching it also finds out whether it was deleted
  const touched = await tx.workflow.updateMany({ where: { id, deletedAt: null }, data: { updatedAt: now } });
  if (touched.count === 0) throw new AppError("NOT_FOUND");
  const newest = { orderBy: { number: "desc" as const }, omit: { content: true as const } };
  const latest = await tx.workflowVersion.findFirst({ where: { workflowId: id, draft: false }, ...newest });
  const last = await tx.workflowVersion.findFirst({ where: { workflowId: id }, ...newest });
  if (latest?.contentHash === hash) throw new AppError("WORKFLOW_UNCHANGED", { details: { version: latest.number } });
  if (latest && basedOn !== undefined && latest.contentHash !== basedOn) {
    throw new AppError("WORKFLOW_MOVED_ON", { details: { version: latest.number } });
  }
  // only a draft after the latest: versions are in the order of their numbers
  const drafted = await tx.workflowVersion.findFirst({
    where: { workflowId: id, draft: true, contentHash: hash, number: { gt: latest?.number ?? 0 } },
    ...newest,
  });
  await sendSignals(tx, [{ kind: "change", projectId, topic: "workflow", id }]);
  // whoever keeps a draft again has seen what is the latest by now
  const changes = { draft, basedOn: latest?.contentHash ?? null };
  if (drafted) return tx.workflowVersion.update({ where: { id: drafted.id }, data: changes, omit: { content: true } });
  return tx.workflowVersion.create({
    data: {
      workflowId: id,
      number: (last?.number ?? 0) + 1,
      contentHash: hash,
      ...changes,
      content: recording as unknown as Prisma.InputJsonObject,
      createdById: "userId" in ctx.actor ? ctx.actor.userId : null,
      createdAt: now,
    },
    omit: { content: true },
  });
}
