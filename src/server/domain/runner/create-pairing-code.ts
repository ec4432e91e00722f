import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { hashPairingCode, makePairingCode, PAIRING_CODE_MS, showPairingCode } from "./pairing-code.ts";

type CreatePairingCode = {
  projectId?: string | undefined;
  /** Where the runner will find this server. */
  publicUrl: string;
  /** The runner is accepted without a click: only for the one that the start script runs beside the server. */
  autoAccept?: boolean;
};

/** Makes a code that pairs one runner within 10 minutes; it is shown this once. @throws as `authorize` for runner.manage */
export async function createPairingCode(
  ctx: Context,
  input: CreatePairingCode,
): Promise<{ code: string; expiresAt: string; command: string }> {
  const { projectId } = await authorize(ctx, input.projectId, "runner.manage");
  if (!("userId" in ctx.actor)) throw new AppError("UNAUTHENTICATED");
  const now = ctx.clock.now();
  const code = makePairingCode();
  const expiresAt = new Date(now.getTime() + PAIRING_CODE_MS);
  await ctx.db.pairingCode.create({
    data: {
      projectId,
      createdById: ctx.actor.userId,
      codeHash: hashPairingCode(code),
      autoAccept: input.autoAccept ?? false,
      createdAt: now,
      expiresAt,
    },
  });
  const shown = showPairingCode(code);
  return {
    code: shown,
    expiresAt: expiresAt.toISOString(),
    command: `npx -y ${input.publicUrl}/download/deskhand.tgz pair ${shown} --server ${input.publicUrl}`,
  };
}
