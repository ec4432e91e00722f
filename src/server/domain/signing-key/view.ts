import { keyFingerprint } from "@deskhand/shared/schemas/manifest";
import { type SigningKeyView, signerStatus } from "@deskhand/shared/schemas/signing-key";
import type { Actor } from "@/server/context";
import type { Prisma } from "@/server/generated/prisma/client";

export const signingKeyInclude = {
  createdBy: { select: { name: true, email: true } },
  runners: { include: { runner: { select: { name: true } } }, orderBy: { requestedAt: "asc" } },
} satisfies Prisma.SigningKeyInclude;

export type SigningKeyRow = Prisma.SigningKeyGetPayload<{ include: typeof signingKeyInclude }>;

export function viewSigningKey(key: SigningKeyRow, actor: Actor): SigningKeyView {
  return {
    id: key.id,
    projectId: key.projectId,
    keyId: key.keyId,
    fingerprint: keyFingerprint(key.keyId),
    kind: key.kind,
    name: key.name,
    ownerName: key.createdBy.name ?? key.createdBy.email ?? "",
    own: "userId" in actor && actor.userId === key.createdById,
    createdAt: key.createdAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
    runners: key.runners.map(({ runnerId, runner, status }) => ({
      runnerId,
      runnerName: runner.name,
      status: signerStatus.catch("requested").parse(status),
    })),
  };
}
