import { type Asked, batched } from "@/server/batch";
import type { Context } from "@/server/context";
import type { Db } from "@/server/db";
import { AppError } from "@/server/errors";
import { Changes, type HeldCommand, holdCommands } from "./change-state.ts";

/** What comes of a command, as it is when its row is held: `changes` takes what is to be written. Throws AppError, before any change. */
type Decide<Answer> = (command: HeldCommand | undefined, changes: Changes) => Answer;
type Question = { commandId: string; decide: Decide<unknown> };

const ask = batched<Question, { answer: unknown }>({ work: decideOnCommands });

/**
 * Holds a command and writes what is decided on it. What is asked at once, of whatever commands, is one transaction: a runner's answer
 * and the end that follows it cost one commit, and so do those of many runners. Several on one command are decided in their order.
 */
export async function decideOnCommand<Answer>(ctx: Context, commandId: string, decide: Decide<Answer>): Promise<Answer> {
  const { answer } = await ask(ctx, { commandId, decide });
  return answer as Answer;
}

function decideOnCommands(db: Db, batch: Asked<Question>[]): Promise<({ answer: unknown } | AppError)[]> {
  return db.plain.transaction(async (query) => {
    const held = await holdCommands(query, [...new Set(batch.map(({ input }) => input.commandId))]);
    const changes = new Changes();
    const answers = batch.map(({ input: { commandId, decide } }) => {
      try {
        return { answer: decide(held.get(commandId), changes) };
      } catch (error) {
        if (error instanceof AppError) return error;
        throw error;
      }
    });
    await changes.write(query);
    return answers;
  });
}
