import { run, type Runner as Worker, Logger as WorkerLogger } from "graphile-worker";
import type { Clock, Context } from "@/server/context";
import type { Db } from "@/server/db";
import type { Env } from "@/server/env";
import type { Logger } from "@/server/logger";
import { forgetExpired } from "./forget-expired.job.ts";
import { sweepCommandsJob } from "./sweep-commands.job.ts";

type Parts = {
  env: Pick<Env, "DATABASE_URL">;
  db: Db;
  logger: Logger;
  clock: Clock;
  /** How long it waits before it starts the worker again that ended by itself, in milliseconds. */
  restartMs?: number;
};

export type Jobs = {
  /** Has each job run as soon as a worker is free. @throws when the database cannot be reached or the worker is starting again */
  runNow(): Promise<void>;
  stop(): Promise<void>;
};

/** Looks for jobs that fail on end, of all its parts together, after which a worker is started anew. They are at most 5 s apart. */
const STUCK_AFTER = 4;

/** Each job by name. A job may run twice, late, or beside itself in another process. */
const jobs: Record<string, (ctx: Context) => Promise<void>> = {
  "sweep-commands": sweepCommandsJob,
  "forget-expired": forgetExpired,
};

/**
 * Runs the jobs of this process: each once now and then every minute, whichever process gets it. The queue is graphile-worker's, in
 * the same database, whose tables it installs itself. A worker that ends because the database went away is started again.
 */
export async function startJobs({ env, db, logger, clock, restartMs = 5_000 }: Parts): Promise<Jobs> {
  const ctx: Context = { db, clock, logger, actor: { kind: "system" } };
  const taskList = Object.fromEntries(Object.entries(jobs).map(([name, job]) => [name, () => job(ctx)]));
  const crontab = Object.keys(jobs)
    .map((name) => `* * * * * ${name} ?max=3&jobKey=${name}`)
    .join("\n");
  let stopped = false;
  let worker: Worker | undefined;
  let timer: NodeJS.Timeout | undefined;

  async function start(): Promise<void> {
    const next = await run({
      connectionString: env.DATABASE_URL,
      concurrency: 2,
      maxPoolSize: 4,
      noHandleSignals: true,
      pollInterval: 5_000,
      taskList,
      crontab,
      // with the default (no batches) a job whose end cannot be written is a rejection that nobody can catch
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      logger: workerLogger(logger),
    });
    if (stopped) return next.stop();
    worker = next;
    endWhenStuck(next);
    next.promise.then(startLater, startLater);
    await runNow();
  }

  async function runNow(): Promise<void> {
    if (!worker) throw new Error("the worker is starting again");
    for (const name of Object.keys(jobs)) await worker.addJob(name, {}, { jobKey: name, maxAttempts: 3 });
  }

  function startLater() {
    worker = undefined;
    if (stopped) return;
    timer = setTimeout(() => start().catch(startLater), restartMs);
  }

  await start();
  return {
    runNow,
    async stop() {
      stopped = true;
      clearTimeout(timer);
      await worker?.stop();
    },
  };
}

/**
 * graphile-worker reads the names of its tasks once and keeps what came of it, also when that is the error of a database that went away
 * just then: it would never take a job again. One that cannot look for jobs several times on end is ended, so that a new one begins.
 */
function endWhenStuck(worker: Worker): void {
  let failures = 0;
  worker.events.on("worker:getJob:error", () => {
    failures += 1;
    if (failures === STUCK_AFTER) worker.stop().catch(() => {});
  });
  for (const event of ["worker:getJob:empty", "job:start"] as const) {
    worker.events.on(event, () => {
      failures = 0;
    });
  }
}

/** The worker's own words, at our levels: what it calls info is of no interest to who runs a server. */
function workerLogger(logger: Logger): WorkerLogger {
  return new WorkerLogger(() => (level, message) => {
    if (level === "error") logger.error({ part: "jobs" }, message);
    else if (level === "warning") logger.warn({ part: "jobs" }, message);
    else logger.debug({ part: "jobs" }, message);
  });
}
