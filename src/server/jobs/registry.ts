import { randomUUID } from "node:crypto";
import { type JobHelpers, run, type TaskList, type Runner as Worker, Logger as WorkerLogger } from "graphile-worker";
import type { Clock, Context } from "@/server/context";
import { createPool, type Db } from "@/server/db";
import { cachedQueue } from "@/server/domain/sample/queue-state";
import { readProcess } from "@/server/domain/sample/read-process";
import { createSampler } from "@/server/domain/sample/record-sample";
import type { Env } from "@/server/env";
import type { Logger } from "@/server/logger";
import type { Signal, SignalFeed } from "@/server/signals";
import { forgetExpired } from "./forget-expired.job.ts";
import { createMeans, type JobMeans, type MeansSettings } from "./means.ts";
import { raiseAlerts } from "./raise-alerts.job.ts";
import { startSampleTimer } from "./sample-timer.ts";
import { sendDeliveries } from "./send-deliveries.job.ts";
import { sweepCommandsJob } from "./sweep-commands.job.ts";

type Parts = {
  env: Pick<Env, "DATABASE_URL"> & MeansSettings;
  db: Db;
  logger: Logger;
  clock: Clock;
  /** Tells when there is something to raise or to send, so that nobody waits for the minute. */
  signals?: SignalFeed;
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

/** A worker that shuts down is taken for ended after this long, milliseconds; jobs of its that go on then are harmless beside a new one's. */
const ENDING_MS = 15_000;

type Job = (ctx: Context, means: JobMeans) => Promise<unknown>;

/** Each job by name. A job may run twice, late, or beside itself in another process. One that returns a time runs again then, if it is before the next minute. */
const jobs: Record<string, Job> = {
  "sweep-commands": sweepCommandsJob,
  "forget-expired": forgetExpired,
  "raise-alerts": raiseAlerts,
  "send-deliveries": sendDeliveries,
};

/** The jobs that a signal of the kind "alerts" is about. */
const alertJobs = ["raise-alerts", "send-deliveries"];

/** Jobs at once: one that waits for slow receivers must not hold up the others. */
const CONCURRENCY = 4;

/** Signals that come this close together are answered once, in milliseconds. */
const GATHER_MS = 250;
const MINUTE_MS = 60_000;

/**
 * Runs the jobs of this process: each once now and then every minute, whichever process gets it. The queue is graphile-worker's, in
 * the same database, whose tables it installs itself. A worker that ends because the database went away, or that
 * cannot begin as it is away, is started again.
 */
export async function startJobs({ env, db, logger, clock, signals, restartMs = 5_000 }: Parts): Promise<Jobs> {
  const ctx: Context = { db, clock, logger, actor: { kind: "system" } };
  const ending = new AbortController();
  const means = createMeans(env, ending.signal);
  const taskList: TaskList = Object.fromEntries(
    Object.entries(jobs).map(([name, job]) => [
      name,
      async (_payload: unknown, { addJob }: JobHelpers) => {
        const again = await job(ctx, means);
        const inMs = again instanceof Date ? again.getTime() - clock.now().getTime() : MINUTE_MS;
        if (inMs < MINUTE_MS)
          await addJob(name, {}, { jobKey: `${name} soon`, runAt: new Date(Date.now() + Math.max(inMs, 0)), maxAttempts: 3 });
      },
    ]),
  );
  const crontab = Object.keys(jobs)
    .map((name) => `* * * * * ${name} ?max=3&jobKey=${name}`)
    .join("\n");
  let stopped = false;
  let worker: Worker | undefined;
  let ended = Promise.resolve();
  let timer: NodeJS.Timeout | undefined;

  async function start(): Promise<void> {
    // not the worker's own: in it, a connection that the database ends just when it changes hands would end this process
    const pgPool = createPool(env.DATABASE_URL, { max: CONCURRENCY + 4 });
    pgPool.on("connect", () => {}); // it asks for one, as a sign that somebody thought of errors
    const next = await run({
      pgPool,
      concurrency: CONCURRENCY,
      noHandleSignals: true,
      pollInterval: 5_000,
      taskList,
      crontab,
      // with the default (no batches) a job whose end cannot be written is a rejection that nobody can catch
      preset: { worker: { completeJobBatchDelay: 0, failJobBatchDelay: 0 } },
      logger: workerLogger(logger),
    }).catch(async (error: unknown) => {
      await pgPool.end();
      throw error;
    });
    ended = hasEnded(next);
    ended.then(() => pgPool.end()).catch(() => {});
    if (stopped) return next.stop();
    worker = next;
    endWhenStuck(next);
    ended.then(startLater);
    await runNow();
  }

  async function runNow(names = Object.keys(jobs)): Promise<void> {
    if (!worker) throw new Error("the worker is starting again");
    for (const name of names) await worker.addJob(name, {}, { jobKey: name, maxAttempts: 3 });
  }

  function startLater() {
    worker = undefined;
    if (stopped) return;
    timer = setTimeout(() => start().catch(startLater), restartMs);
  }

  let gathering: NodeJS.Timeout | undefined;
  const onSignal = ({ kind }: Signal) => {
    if (kind !== "alerts") return;
    gathering ??= setTimeout(() => {
      gathering = undefined;
      // one that cannot be asked for now is asked for with the minute
      runNow(alertJobs).catch(() => {});
    }, GATHER_MS);
  };

  await start().catch((error: unknown) => {
    // a machine that is busy may take longer to connect than we wait, and a server without its jobs for a moment is better than none
    logger.warn({ part: "jobs", err: error }, "the jobs could not be started, and are tried again");
    startLater();
  });
  signals?.on("signal", onSignal);
  const queue = cachedQueue(ctx);
  const takeSample = createSampler(ctx, { processId: randomUUID(), read: async () => readProcess({ queue: await queue() }) });
  const stopSamples = startSampleTimer(takeSample, logger);
  return {
    runNow: () => runNow(),
    async stop() {
      stopped = true;
      signals?.off("signal", onSignal);
      stopSamples();
      clearTimeout(gathering);
      clearTimeout(timer);
      ending.abort();
      // one that is ending already says no, and ends
      worker?.stop().catch(() => {});
      await ended;
      means.mailer?.close();
    },
  };
}

/** Resolves when the worker has ended, or has had its time to: the end of a job that could not be written keeps it from ever saying so. */
function hasEnded(worker: Worker): Promise<void> {
  return new Promise((resolve) => {
    worker.promise.then(resolve, () => resolve());
    worker.events.once("pool:gracefulShutdown", () => setTimeout(resolve, ENDING_MS).unref());
  });
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
