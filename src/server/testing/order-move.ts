import { orderManifest, type SigningKey, signManifest } from "@deskhand/shared/signing/make-manifest";
import { makeMove } from "@deskhand/shared/signing/make-move";
import type { Db } from "@/server/db";
import { sealTo } from "./real-runner.ts";

type Move = { profileId: string; from: string; to: string /** Signs for both runners. */; key?: SigningKey };

/** What a person's page makes to have a profile go from one runner to another. */
export async function orderMove(db: Db, { profileId, from, to, key }: Move) {
  const runnerOf = async (id: string) => ({ id, sealRecipient: (await db.runner.findUniqueOrThrow({ where: { id } })).sealRecipient });
  return makeMove({
    profileId,
    from: await runnerOf(from),
    to: await runnerOf(to),
    seal: sealTo,
    sign: async (runnerId, command, payload) => key && signManifest(key, await orderManifest(runnerId, command, payload)),
  });
}
