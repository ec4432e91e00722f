import { createDb, type Db } from "@/server/db";
import { type Env, readEnv } from "@/server/env";
import { createLogger, type Logger } from "@/server/logger";
import type { RunnerLink } from "@/server/runner-link";
import { createSignalFeed, type SignalFeed } from "@/server/signals";

/** What one server process has once. */
export type ServerProcess = { env: Env; logger: Logger; db: Db; signals: SignalFeed; runnerLink: RunnerLink | undefined };

const key = Symbol.for("deskhand.process");
type Holder = { [key]?: ServerProcess };

/**
 * The process's own parts. `main.ts` and Next's bundle are two module graphs in one process, so they meet on `globalThis`;
 * whoever comes first makes them.
 */
export function serverProcess(): ServerProcess {
  const holder = globalThis as Holder;
  if (!holder[key]) {
    const env = readEnv(process.env);
    const logger = createLogger(env.LOG_LEVEL);
    holder[key] = {
      env,
      logger,
      db: createDb(env.DATABASE_URL),
      signals: createSignalFeed(env.DATABASE_URL, logger),
      runnerLink: undefined,
    };
  }
  return holder[key];
}
