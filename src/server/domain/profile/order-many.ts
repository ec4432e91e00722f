import { chunks } from "@deskhand/shared/chunks";
import { PROFILES_PER_TASK } from "@deskhand/shared/protocol/tasks";
import type { Context } from "@/server/context";
import { queryIn, type Tx } from "@/server/db";
import { enqueueCommands } from "@/server/domain/command/enqueue-command";
import { checkOrder } from "@/server/domain/signing-key/check-order";
import { AppError } from "@/server/errors";
import { TASK_WITHIN_MS } from "./rules.ts";

type ManyKind = "profiles.delete" | "profiles.restore" | "profiles.open" | "profiles.close";
type Many = { projectId: string; kind: ManyKind; profiles: readonly { id: string; runnerId: string }[]; keepMs?: number | undefined };

type ManyOrder = Many & {
  signed?: { ids: string[]; manifest: string } | undefined;
  /** Profiles in a command. */
  each?: number;
  /** How long a runner has to come back. */
  withinMs?: number;
};

/**
 * Looks at the signature under a task for many, given what was found of the profiles that it names.
 * @throws AppError INVALID_INPUT when one signature is to stand for several commands; as `checkOrder`
 */
export async function checkMany(
  ctx: Context,
  { projectId, kind, profiles, keepMs, ids, signed }: Many & { ids: string[] | undefined; signed: string | undefined },
): Promise<string | undefined> {
  const runnerIds = [...new Set(profiles.map(({ runnerId }) => runnerId))];
  const [runnerId] = runnerIds;
  if (signed === undefined || !ids || !runnerId) {
    // each of the runners is asked whether it does without
    for (const id of runnerIds) await checkOrder(ctx, { projectId, runnerId: id, signed: undefined, command: kind, payload: {} });
    return undefined;
  }
  if (runnerIds.length > 1 || ids.length > PROFILES_PER_TASK) {
    throw new AppError("INVALID_INPUT", { userMessage: "What is signed names at most 100 profiles, all of one runner." });
  }
  return checkOrder(ctx, { projectId, runnerId, signed, command: kind, payload: payloadOf(ids, keepMs) });
}

const payloadOf = (profileIds: string[], keepMs: number | undefined) => ({ profileIds, ...(keepMs === undefined ? {} : { keepMs }) });

/**
 * Has the runners told, up to 100 profiles in a command. `signed` stands for all of them, in the order of `ids`.
 * @returns the tasks, each with how many profiles it is about
 */
export async function orderMany(
  tx: Tx,
  ctx: Context,
  { projectId, kind, profiles, keepMs, signed, each = PROFILES_PER_TASK, withinMs = TASK_WITHIN_MS }: ManyOrder,
): Promise<{ id: string; runnerId: string; profiles: number }[]> {
  const deadlineAt = new Date(ctx.clock.now().getTime() + withinMs);
  const commands = [...Map.groupBy(profiles, ({ runnerId }) => runnerId)].flatMap(([runnerId, own]) => {
    const ids = signed?.ids ?? own.map(({ id }) => id);
    const more = signed ? { signedManifest: signed.manifest } : {};
    return chunks(ids, each).map((some) => {
      const payload = { ...payloadOf(some, keepMs), ...more, requestedBy: { userId: null } };
      return { projectId, runnerId, kind, payload, deadlineAt };
    });
  });
  const queued = commands.length > 0 ? await enqueueCommands(queryIn(tx), ctx, commands) : [];
  return commands.flatMap(({ runnerId, payload }, index) => {
    const id = queued[index]?.id;
    return id ? [{ id, runnerId, profiles: payload.profileIds.length }] : [];
  });
}
