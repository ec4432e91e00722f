import type { ArtifactType } from "@deskhand/shared/schemas/run";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";

/** What the server knows of an artifact and which runner has it. */
export type FoundArtifact = {
  id: string;
  runId: string;
  runnerId: string;
  type: ArtifactType;
  name: string;
  bytes: number;
  sha256: string;
  contentType: string;
};

/** An artifact that the actor may read. @throws AppError NOT_FOUND also for one of another project; see `authorize` */
export async function findArtifact(ctx: Context, id: string): Promise<FoundArtifact> {
  const artifact = await ctx.db.artifact.findUnique({ where: { id }, include: { run: { select: { projectId: true, runnerId: true } } } });
  if (!artifact) throw new AppError(ctx.actor.kind === "anonymous" ? "UNAUTHENTICATED" : "NOT_FOUND");
  await authorize(ctx, artifact.run.projectId, "project.read");
  const { runId, name, bytes, sha256, contentType } = artifact;
  return { id, runId, runnerId: artifact.run.runnerId, type: artifact.type as ArtifactType, name, bytes, sha256, contentType };
}
