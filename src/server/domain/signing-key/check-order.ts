import type { TaskKind } from "@deskhand/shared/protocol/task-kinds";
import { orderedPayload } from "@deskhand/shared/schemas/manifest";
import type { Context } from "@/server/context";
import { contentHash } from "@/server/domain/workflow/content-hash";
import { checkManifest, invalid } from "./check-manifest.ts";

type Order = { projectId: string; runnerId: string; signed: string | undefined; command: TaskKind; payload: object };

/**
 * Looks at the signature under one task, as `checkManifest` does; the runner judges it again.
 * @returns what to send with the payload; undefined when nothing was signed and the runner does not demand it
 * @throws AppError SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function checkOrder(ctx: Context, { projectId, runnerId, signed, command, payload }: Order): Promise<string | undefined> {
  const manifest = await checkManifest(ctx, { projectId, runnerId, signed });
  if (!manifest) return undefined;
  if (manifest.kind !== "order" || manifest.command !== command || manifest.payload !== contentHash(orderedPayload(payload))) {
    throw invalid("Something else than this was signed.");
  }
  return signed;
}
