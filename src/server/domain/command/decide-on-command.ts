import { type Asked, batched } from "@/server/batch";
import type { Context } from "@/server/context";
import type { Db, Query } from "@/server/db";
import { AppError } from "@/server/errors";
import { Changes, type HeldCommand, holdCommands, NotAsHeld } from "./change-state.ts";
import { recallCommands, rememberCommands } from "./known-commands.ts";

/**
 * What comes of a command, as it is when its row is held: `changes` takes what is to be written. Throws AppError, before any change.
 * Called once more when the command was not as it was remembered, so it touches nothing but these two.
 */
type Decide<Answer> = (command: HeldCommand | undefined, changes: Changes) => Answer;
type Question = { commandId: string; decide: Decide<unknown>; patienceMs?: number };
type Answered = { answer: unknown };

const ask = batched<Question, Answered>({ patienceOf: ({ patienceMs = 0 }) => patienceMs, work: decideOnCommands });

/**
 * Holds a command and writes what is decided on it. What is asked at once, of whatever commands, is one transaction: a runner's answer
 * and the end that follows it cost one commit, and so do those of many runners. Several on one command are decided in their order.
 * `patienceMs`: it may wait so long for others to go with.
 */
export async function decideOnCommand<Answer>(
  ctx: Context,
  commandId: string,
  decide: Decide<Answer>,
  options: { patienceMs?: number } = {},
): Promise<Answer> {
  const { answer } = await ask(ctx, { commandId, decide, ...options });
  return answer as Answer;
}

async function decideOnCommands(db: Db, batch: Asked<Question>[]): Promise<(Answered | AppError)[]> {
  const ids = [...new Set(batch.map(({ input }) => input.commandId))];
  return (await decideFromMemory(db, batch, ids)) ?? (await decideWhileHeld(db, batch, ids));
}

/**
 * In one statement, when all are remembered and there is something to write of each, which compares them.
 * @returns undefined when it is not so: nothing was written
 */
async function decideFromMemory(db: Db, batch: Asked<Question>[], ids: string[]): Promise<Answered[] | undefined> {
  const known = recallCommands(db, ids);
  if (!known) return undefined;
  const changes = new Changes({ isFromMemory: true });
  try {
    const answers = batch.map(({ input: { commandId, decide } }) => ({ answer: decide(known.get(commandId), changes) }));
    // an answer that changes nothing is worth no more than the memory
    if (![...known.values()].every((command) => changes.concern(command))) return undefined;
    await changes.write(inTransactionOnly, db.plain.query);
    rememberCommands(db, known.values());
    return answers;
  } catch (error) {
    if (error instanceof AppError || error instanceof NotAsHeld) return undefined;
    throw error;
  }
}

/** What takes more than one statement is not for the memory: a result, or an end that is noted elsewhere too. */
const inTransactionOnly: Query = () => Promise.reject(new NotAsHeld("this takes a transaction"));

function decideWhileHeld(db: Db, batch: Asked<Question>[], ids: string[]): Promise<(Answered | AppError)[]> {
  return db.plain.transaction(async (query, last) => {
    const held = await holdCommands(query, ids);
    const changes = new Changes();
    const answers = batch.map(({ input: { commandId, decide } }) => {
      try {
        return { answer: decide(held.get(commandId), changes) };
      } catch (error) {
        if (error instanceof AppError) return error;
        throw error;
      }
    });
    await changes.write(query, last);
    return answers;
  });
}
