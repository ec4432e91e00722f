import { MAX_SIGNERS, type SignerWishes } from "@deskhand/shared/protocol/signers";
import type { Permission } from "@deskhand/shared/schemas/project";
import type { SigningKeyView } from "@deskhand/shared/schemas/signing-key";
import { batched } from "@/server/batch";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { type SigningKeyRow, signingKeyInclude, viewSigningKey } from "./view.ts";

/** The project's signing keys, the newest first; of revoked ones the latest 50. */
export async function listSigningKeys(ctx: Context, input: { projectId?: string | undefined }): Promise<{ items: SigningKeyView[] }> {
  const { projectId } = await authorize(ctx, input.projectId, "project.read");
  const newest = { orderBy: [{ createdAt: "desc" as const }, { id: "desc" as const }], include: signingKeyInclude };
  const [active, revoked] = await Promise.all([
    ctx.db.signingKey.findMany({ where: { projectId, revokedAt: null }, ...newest }),
    ctx.db.signingKey.findMany({ where: { projectId, revokedAt: { not: null } }, ...newest, take: 50 }),
  ]);
  return { items: [...active, ...revoked].map((key) => viewSigningKey(key, ctx.actor)) };
}

/** @throws AppError NOT_FOUND */
export async function getSigningKey(ctx: Context, input: { id: string }): Promise<SigningKeyView> {
  return viewSigningKey(await findSigningKey(ctx, input.id, "project.read"), ctx.actor);
}

/** A key that the actor may use in this way. @throws AppError NOT_FOUND also for one of another project */
export async function findSigningKey(ctx: Context, id: string, permission: Permission): Promise<SigningKeyRow> {
  const key = await ctx.db.signingKey.findUnique({ where: { id }, include: signingKeyInclude });
  if (!key) throw new AppError("NOT_FOUND");
  await authorize(ctx, key.projectId, permission);
  return key;
}

/** Asked for each report of each runner, and mostly no: one question for those that report at once. */
const knowsSigners = batched<string, boolean>({
  work: async (db, batch) => {
    const rows = await db.plain.query<{ runnerId: string }>(
      `select distinct "runnerId" from "RunnerSigner" where "runnerId" = any($1::uuid[])`,
      batch.map(({ input }) => input),
    );
    const known = new Set(rows.map(({ runnerId }) => runnerId));
    return batch.map(({ input }) => known.has(input));
  },
});

/** What a runner is told of who would like to sign for it; for the relay, nobody is authorized. */
export async function signerWishesFor(ctx: Context, runnerId: string): Promise<SignerWishes> {
  if (!(await knowsSigners(ctx, runnerId))) return { requests: [], revoked: [] };
  const asked = await ctx.db.runnerSigner.findMany({
    where: { runnerId },
    include: { signingKey: { include: { createdBy: { select: { name: true, email: true } } } } },
    orderBy: { requestedAt: "desc" },
    take: 1000,
  });
  const open = asked.filter(({ status, signingKey }) => signingKey.revokedAt === null && (status === "requested" || status === "pending"));
  return {
    requests: open.slice(0, MAX_SIGNERS).map(({ proof, signingKey: { publicKey, kind, name, createdBy } }) => ({
      publicKey,
      kind,
      name,
      person: [createdBy.name, createdBy.email].filter(Boolean).join(", ").slice(0, 320),
      proof,
    })),
    revoked: asked.filter(({ signingKey }) => signingKey.revokedAt !== null).map(({ signingKey }) => signingKey.keyId),
  };
}
