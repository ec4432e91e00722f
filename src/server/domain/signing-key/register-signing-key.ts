import { createHash } from "node:crypto";
import { registrationText } from "@deskhand/shared/schemas/manifest";
import type { registerSigningKeyInput, SigningKeyView } from "@deskhand/shared/schemas/signing-key";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { isSignedByOne, readDeviceKey } from "@/server/domain/runner/fingerprint";
import { AppError } from "@/server/errors";
import { MAX_SIGNING_KEYS_PER_PROJECT } from "@/server/limits";
import { sendSignals } from "@/server/signals";
import { signingKeyInclude, viewSigningKey } from "./view.ts";

/**
 * Makes the public part of a person's signing key known to the project; the same key again is answered as it is. It signs for no runner
 * until that runner approves it.
 * @throws AppError INVALID_INPUT, MANIFEST_INVALID when the caller does not have the key or it was revoked, CONFLICT for another's key and
 * at 500 keys
 */
export async function registerSigningKey(ctx: Context, input: z.output<typeof registerSigningKeyInput>): Promise<SigningKeyView> {
  const { actor } = ctx;
  const { projectId } = await authorize(ctx, input.projectId, "run.write");
  if (!("userId" in actor)) throw new AppError("FORBIDDEN");
  const { publicKey } = readDeviceKey(input.publicKey);
  if (!isSignedByOne([publicKey], registrationText(input.publicKey, projectId), input.signature)) throw new AppError("MANIFEST_INVALID");
  const keyId = createHash("sha256").update(Buffer.from(publicKey, "base64")).digest("hex");
  const key = await ctx.db.$transaction(async (tx) => {
    const where = { projectId_keyId: { projectId, keyId } };
    const count = await tx.signingKey.count({ where: { projectId, revokedAt: null } });
    const known = await tx.signingKey.findUnique({ where, include: signingKeyInclude });
    if (known) return known;
    if (count >= MAX_SIGNING_KEYS_PER_PROJECT) {
      throw new AppError("CONFLICT", {
        userMessage: `A project may have ${MAX_SIGNING_KEYS_PER_PROJECT} signing keys. Revoke some first.`,
      });
    }
    const data = { projectId, createdById: actor.userId, keyId, publicKey, kind: input.kind, name: input.name, createdAt: ctx.clock.now() };
    // two tabs of a browser may do this at once
    await tx.signingKey.createMany({ data, skipDuplicates: true });
    const made = await tx.signingKey.findUniqueOrThrow({ where, include: signingKeyInclude });
    await sendSignals(tx, [{ kind: "change", projectId, topic: "signingKey", id: made.id }]);
    return made;
  });
  if (key.createdById !== actor.userId) throw new AppError("CONFLICT", { userMessage: "This key belongs to somebody else." });
  if (key.revokedAt) throw new AppError("MANIFEST_INVALID", { userMessage: "This key was revoked." });
  return viewSigningKey(key, actor);
}
