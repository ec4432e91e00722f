import { randomUUID } from "node:crypto";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import { isFinal } from "@deskhand/shared/schemas/run";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "@/server/db";
import type { AppError } from "@/server/errors";
import { at, benchStart, type CommandBench, createCommandBench, finished, started } from "@/server/testing/command-bench";
import { CommandModel, type ModelCommand, type ModelEvent } from "@/server/testing/command-model";
import { createTestDatabase, type TestDatabase } from "@/server/testing/database";
import { acceptCommand } from "./accept-command.ts";
import { enqueueCommand } from "./enqueue-command.ts";
import { extendLeases } from "./extend-leases.ts";
import { finishCommand } from "./finish-command.ts";
import { nearbyRunners } from "./nearby-runners.ts";
import { refuseCommand } from "./refuse-command.ts";
import { mayChange } from "./rules.ts";
import { sweepCommands } from "./sweep-commands.ts";

/** Random ways through the lease state machine on the real database, each step beside a model of a hundred plain lines. */

const minute = 60_000;
const day = 24 * 60 * minute;
const limits = { window: 2, leaseMs: 30_000 };
const stranger = randomUUID();

const which = fc.nat(20);
const token = fc.constantFrom("current", "previous", "stranger");
const end = fc.constantFrom("succeeded", "failed", "cancelled");
const event: fc.Arbitrary<ModelEvent> = fc.constantFrom("started", "step", "succeeded", "failed", "cancelled", "came too late");
const step = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("enqueue"),
      kind: fc.constantFrom("run.start", "profile.delete"),
      soon: fc.boolean(),
      nearby: fc.boolean(),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("lease"), again: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("accept"), which, token }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("refuse"), which, token, passes: fc.boolean() }) },
  {
    weight: 5,
    arbitrary: fc.record({
      do: fc.constant("tell"),
      which,
      shift: fc.integer({ min: -2, max: 1 }),
      events: fc.array(event, { minLength: 1, maxLength: 4 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("finish"), which, end }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("extend"), holding: fc.array(which, { maxLength: 3 }) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("cancel"), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("sweep") }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant("wait"),
      ms: fc.constantFrom(1, 5_000, 29_999, 30_000, 30_000, 30_000, 16 * minute, 25 * 60 * minute),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom("connect", "disconnect", "hear") }) },
);
// fast-check's union of records as what it is: one of them
type Step = { [Name in "which" | "shift" | "ms"]: number } & { [Name in "soon" | "nearby" | "again" | "passes"]: boolean } & {
  do: string;
  kind: ModelCommand["kind"];
  token: "current" | "previous" | "stranger";
  events: ModelEvent[];
  end: "succeeded" | "failed" | "cancelled";
  holding: number[];
};

let database: TestDatabase;
let db: Db;

beforeAll(async () => {
  database = await createTestDatabase();
  db = createDb(database.url);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.drop();
});

test("whatever comes in whatever order, a command is where the model says, with the history that leads there", {
  timeout: 30 * minute,
}, async () => {
  const numRuns = Number(process.env.MODEL_RUNS ?? 40);
  const seed = process.env.MODEL_SEED === undefined ? {} : { seed: Number(process.env.MODEL_SEED) };
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60, size: "max" }), async (steps) => {
      const walk = await startWalk();
      for (const taken of steps) await walk(taken as unknown as Step);
    }),
    { numRuns, endOnFailure: true, ...seed },
  );
});

async function startWalk(): Promise<(step: Step) => Promise<void>> {
  const bench = await createCommandBench(db);
  const model = new CommandModel({ now: benchStart.getTime(), ...limits });
  const ids: { id: string; runId: string | null }[] = [];
  return async (taken) => {
    await takeStep(bench, model, ids, taken);
    await compare(model, ids, bench.runnerId);
  };
}

async function takeStep(bench: CommandBench, model: CommandModel, ids: { id: string; runId: string | null }[], taken: Step): Promise<void> {
  const { ctx, asRunner, runnerId } = bench;
  const place = ids.length === 0 ? -1 : (taken.which ?? 0) % ids.length;
  const command = model.commands[place];
  const commandId = ids[place]?.id ?? "";
  const runId = ids[place]?.runId ?? "";
  const leaseToken = tokenOf(command, taken.token);
  const placeOf = (id: string) => ids.findIndex((known) => known.id === id);
  switch (taken.do) {
    case "enqueue": {
      const deadlineAt = new Date(model.now + (taken.soon ? 20_000 : 2 * day));
      const leasesAtOnce = taken.nearby && model.leasesAtOnce(taken.kind, deadlineAt.getTime());
      const queued = await enqueue(bench, taken.kind, { deadlineAt, nearby: taken.nearby });
      ids.push(queued);
      model.enqueue(taken.kind, deadlineAt.getTime());
      if (leasesAtOnce) model.sent(ids.length - 1, (await bench.commandOf(queued.id)).leaseToken ?? "");
      return;
    }
    case "lease": {
      const sent = await bench.lease({ again: taken.again, ...limits });
      expect(sent.map(({ id }) => placeOf(id))).toEqual(model.lease(taken.again));
      for (const { id, leaseToken: given, startWithinMs } of sent) {
        const { cancelRequested, deadlineAt } = model.commands[placeOf(id)] as ModelCommand;
        expect(startWithinMs).toBe(cancelRequested ? 0 : deadlineAt - model.now);
        model.sent(placeOf(id), given);
      }
      return;
    }
    case "wait":
      bench.clock.advance(taken.ms);
      model.now += taken.ms;
      return;
    case "sweep":
      await sweepCommands(ctx);
      return model.sweep();
    case "extend": {
      const places = [...new Set(taken.holding.map((number) => number % Math.max(1, ids.length)))].filter((number) => number < ids.length);
      const holding = places.map((number) => ({ commandId: ids[number]?.id ?? "", leaseToken: stranger }));
      const { cancel } = await extendLeases(asRunner, { runnerId, holding, leaseMs: limits.leaseMs });
      return expect(cancel.map(placeOf).toSorted((a, b) => a - b)).toEqual(model.extend(places));
    }
    case "connect":
    case "disconnect":
    case "hear":
      return setConnection(bench, model, taken.do);
  }
  if (!command) return;
  switch (taken.do) {
    case "accept":
      return expect(await answerOf(acceptCommand(asRunner, { runnerId, commandId, leaseToken, leaseMs: limits.leaseMs }))).toEqual(
        model.accept(place, leaseToken),
      );
    case "refuse": {
      const code = taken.passes ? "RATE_LIMITED" : "RECORDING_INVALID";
      const answer = await answerOf(refuseCommand(asRunner, { runnerId, commandId, leaseToken, code }));
      return expect(answer).toEqual(model.refuse(place, leaseToken, taken.passes));
    }
    case "cancel":
      return expect(await bench.cancel(commandId)).toEqual(model.cancel(place));
    case "tell": {
      if (!runId) return;
      const firstSeq = Math.max(1, command.lastSeq + 1 + taken.shift);
      const answer = await answerOf(bench.apply(runId, firstSeq, taken.events.map(toEvent)));
      const expected = model.apply(place, firstSeq, taken.events);
      return expected === "stale" ? expect(answer).toBe("stale") : expect(answer).toMatchObject(expected);
    }
    case "finish": {
      if (runId) return;
      const failureCode = taken.end === "failed" ? "WORKER_CRASHED" : null;
      const answer = await answerOf(finishCommand(asRunner, { runnerId, commandId, state: taken.end, failureCode }));
      return expect(answer).toEqual(model.finish(place, taken.end));
    }
  }
}

async function compare(model: CommandModel, ids: { id: string }[], runnerId: string): Promise<void> {
  const rows = await db.command.findMany({
    where: { runnerId },
    orderBy: { position: "asc" },
    include: { run: true, transitions: { orderBy: { id: "asc" } } },
  });
  expect(rows.map(({ id }) => id)).toEqual(ids.map(({ id }) => id));
  expect(rows.map((row) => toModel(row, row.run?.lastEventSeq ?? 0))).toEqual(model.commands);
  for (const { state, finishedAt, run, transitions } of rows) {
    expect(finishedAt !== null).toBe(isFinal(state));
    if (run) expect(run).toMatchObject({ state, finishedAt });
    // without the notes on what changed no state
    const changes = transitions.filter(({ from, to, reason }) => from !== to || !reason);
    const path = changes.map(({ to }) => to);
    expect(path[0]).toBe("queued");
    expect(path.at(-1)).toBe(state);
    expect(changes.slice(1).every(({ from, to }, index) => from === path[index] && mayChange(from ?? "queued", to))).toBe(true);
  }
}

type Row = Awaited<ReturnType<Db["command"]["findUniqueOrThrow"]>>;

function toModel(row: Row, lastSeq: number): ModelCommand {
  return {
    kind: row.kind as ModelCommand["kind"],
    state: row.state,
    failureCode: row.failureCode,
    token: row.leaseToken,
    previousToken: row.previousLeaseToken,
    leaseExpiresAt: row.leaseExpiresAt?.getTime() ?? null,
    deadlineAt: row.deadlineAt.getTime(),
    cancelRequested: row.cancelRequestedAt !== null,
    lastSeq,
  };
}

type How = { deadlineAt: Date; nearby: boolean };

async function enqueue(
  bench: CommandBench,
  kind: ModelCommand["kind"],
  { deadlineAt, nearby }: How,
): Promise<{ id: string; runId: string | null }> {
  if (kind === "run.start") {
    const { run, command } = await bench.queueRun({ deadlineAt });
    return { id: command.id, runId: run.id };
  }
  const { projectId } = bench.scene;
  const target = { projectId, runnerId: bench.runnerId, deadlineAt, kind, payload: { profileId: stranger } } as const;
  const connection = { connectionId: "server:socket", ...limits };
  if (nearby) nearbyRunners(db).put(bench.runnerId, connection);
  const { id } = await db.$transaction((tx) => enqueueCommand(tx, bench.asOwner, target));
  nearbyRunners(db).remove(bench.runnerId, connection.connectionId);
  return { id, runId: null };
}

async function setConnection({ runnerId, clock }: CommandBench, model: CommandModel, to: "connect" | "disconnect" | "hear"): Promise<void> {
  const now = clock.now();
  const row = { connect: { connectionId: "server:socket", connectedAt: now }, disconnect: { connectionId: null }, hear: {} }[to];
  await db.runner.update({ where: { id: runnerId }, data: { ...row, lastSeenAt: now } });
  model.lastSeenAt = model.now;
  if (to !== "hear") model.connectedAt = to === "connect" ? model.now : undefined;
}

function tokenOf(command: ModelCommand | undefined, named: Step["token"]): string {
  if (named === "current") return command?.token ?? stranger;
  return named === "previous" ? (command?.previousToken ?? stranger) : stranger;
}

function toEvent(told: ModelEvent): RunEvent {
  if (told === "started") return started(1);
  if (told === "step") return { kind: "step-started", at: at(1), index: 0 };
  if (told === "came too late") return finished(1, { state: "failed", failureCode: "COMMAND_EXPIRED" });
  return finished(1, { state: told, failureCode: told === "failed" ? "WORKER_CRASHED" : null });
}

/** The answer, or "stale" where the product refuses for the lease. */
async function answerOf<T>(asked: Promise<T>): Promise<T | "stale"> {
  try {
    return await asked;
  } catch (error) {
    if ((error as AppError).code === "LEASE_STALE") return "stale";
    throw error;
  }
}
