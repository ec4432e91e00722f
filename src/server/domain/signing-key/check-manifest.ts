import { createPublicKey, verify } from "node:crypto";
import { type Manifest, readManifest } from "@deskhand/shared/schemas/manifest";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";

type Check = {
  projectId: string;
  runnerId: string;
  /** What was sent with the request, if anything was. */
  signed: string | undefined;
};

/**
 * Looks at a signature at the edge, so that a mistake is told at once: the runner judges it again, and trusts nothing of this.
 * @returns what was signed; undefined when nothing was and the runner does not demand it
 * @throws AppError SIGNATURE_REQUIRED, SIGNER_NOT_APPROVED, MANIFEST_INVALID
 */
export async function checkManifest(ctx: Context, { projectId, runnerId, signed }: Check): Promise<Manifest | undefined> {
  const runner = await ctx.db.runner.findFirst({
    where: { id: runnerId, projectId },
    select: { signaturesRequired: true, connectionId: true },
  });
  // who named a runner that is not there is told so by the caller
  if (!runner) return undefined;
  const required = runner.signaturesRequired === true;
  if (signed === undefined) {
    if (required) throw new AppError("SIGNATURE_REQUIRED");
    return undefined;
  }
  const read = readManifest(signed);
  if (!read) throw invalid("The signed manifest cannot be read.");
  const key = await ctx.db.signingKey.findUnique({
    where: { projectId_keyId: { projectId, keyId: read.keyId } },
    include: { runners: { where: { runnerId }, select: { status: true } } },
  });
  if (!key || key.revokedAt || !("userId" in ctx.actor) || key.createdById !== ctx.actor.userId) {
    throw invalid("It was signed with a key that is not yours, or that was revoked.");
  }
  const publicKey = createPublicKey({ key: Buffer.from(key.publicKey, "base64"), format: "der", type: "spki" });
  if (!verify(null, read.signed, publicKey, read.signature)) throw invalid("The signature does not match.");
  if (read.manifest.runnerId !== runnerId) throw invalid("It was signed for another runner.");
  if (read.manifest.expiresAt <= ctx.clock.now().getTime()) throw invalid("The signature has expired.");
  // one that is offline may have approved it meanwhile: it says so when it is back
  const isApproved = key.runners[0]?.status === "approved";
  if (required && !isApproved && runner.connectionId !== null) throw new AppError("SIGNER_NOT_APPROVED");
  await ctx.db.signingKey.update({ where: { id: key.id }, data: { lastUsedAt: ctx.clock.now() } });
  return read.manifest;
}

/** What was signed is not what was asked for. */
export function invalid(userMessage: string): AppError {
  return new AppError("MANIFEST_INVALID", { userMessage });
}
