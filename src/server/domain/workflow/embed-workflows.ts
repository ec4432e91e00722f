import { EMBEDDED_WORKFLOWS_AT_MOST, workflowsIn } from "@deskhand/shared/schemas/embedded-workflows";
import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";

/** What all of them may have together, bytes of JSON: with a recording of 2 MB they still fit into one message to the runner. */
const mostBytes = 1.5 * 1024 * 1024;

/**
 * The workflows that this one runs, and those that these run, by the hash of their content; null when there are none. Workflows of the
 * same project only; one that was deleted can still be deployed with, since it is meant as it was.
 * @throws AppError NOT_FOUND with `details.what` "workflow" for one that is not there, RECORDING_TOO_LARGE for too much of them
 */
export async function embedWorkflows(ctx: Context, projectId: string, recording: Recording): Promise<Record<string, Recording> | null> {
  const found = new Map<string, Recording>();
  let wanted = workflowsIn(recording);
  while (wanted.length > 0) {
    const versions = await ctx.db.workflowVersion.findMany({
      where: {
        workflow: { projectId },
        OR: wanted.map(({ workflowId, version }) => ({ workflowId, contentHash: version })),
      },
      distinct: ["contentHash"],
      select: { contentHash: true, content: true },
    });
    for (const { contentHash, content } of versions) found.set(contentHash, content as unknown as Recording);
    const missing = wanted.find(({ version }) => !found.has(version));
    if (missing) throw new AppError("NOT_FOUND", { details: { what: "workflow", workflowId: missing.workflowId } });
    if (found.size > EMBEDDED_WORKFLOWS_AT_MOST) throw new AppError("RECORDING_TOO_LARGE");
    wanted = versions.flatMap(({ content }) => workflowsIn(content as unknown as Recording)).filter(({ version }) => !found.has(version));
  }
  const workflows = Object.fromEntries(found);
  if (Buffer.byteLength(JSON.stringify(workflows)) > mostBytes) throw new AppError("RECORDING_TOO_LARGE");
  return found.size > 0 ? workflows : null;
}
