import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import type { Db } from "@/server/db";
import { applyRunEvents } from "@/server/domain/command/apply-run-events";
import { leaseCommands } from "@/server/domain/command/lease-commands";
import { requestCancel } from "@/server/domain/command/request-cancel";
import { createRun, createScene, testClock, testContext } from "./factories.ts";

export type CommandBench = Awaited<ReturnType<typeof createCommandBench>>;

/** Noon of a day that all commands of a bench are queued on. */
export const benchStart = new Date("2026-03-01T12:00:00Z");
/** Milliseconds after the start as the runner's clock tells them. */
export const at = (ms: number): number => benchStart.getTime() + ms;
export const started = (ms: number): RunEvent => ({ kind: "started", at: at(ms) });
export const finished = (ms: number, more: Partial<Extract<RunEvent, { kind: "finished" }>> = {}): RunEvent => ({
  kind: "finished",
  at: at(ms),
  state: "succeeded",
  failureCode: null,
  failureStep: null,
  ...more,
});

/** A connected runner with a stopped clock, and short words for what tests of commands do with it. */
export async function createCommandBench(db: Db) {
  const connectionId = "server:socket";
  const clock = testClock(benchStart);
  const ctx = testContext(db, { kind: "system" }, clock);
  const scene = await createScene(db);
  const runnerId = scene.runner.id;
  await db.runner.update({ where: { id: runnerId }, data: { connectionId, connectedAt: benchStart, lastSeenAt: benchStart } });
  const asRunner = testContext(db, { kind: "runner", runnerId, projectId: scene.projectId }, clock);
  const asOwner = testContext(db, scene.actor, clock);
  return {
    clock,
    ctx,
    scene,
    runnerId,
    asRunner,
    asOwner,
    lease: async (options: Partial<Parameters<typeof leaseCommands>[1]> = {}) =>
      (await leaseCommands(ctx, { runnerId, connectionId, ...options })).messages,
    queueRun: (more: { deadlineAt?: Date } = {}) => createRun(db, { ...scene, createdAt: benchStart, ...more }),
    apply: (runId: string, firstSeq: number, events: RunEvent[], clockOffsetMs = 0) =>
      applyRunEvents(asRunner, { runnerId, runId, firstSeq, events, clockOffsetMs }),
    cancel: (commandId: string) => db.$transaction((tx) => requestCancel(tx, asOwner, commandId)),
    historyOf: async (commandId: string) => {
      const rows = await db.commandTransition.findMany({ where: { commandId }, orderBy: { id: "asc" } });
      return rows.map(({ to, actor }) => `${to} by ${actor.split(":")[0]}`);
    },
    runOf: (id: string) => db.run.findUniqueOrThrow({ where: { id }, include: { steps: { orderBy: { index: "asc" } }, artifacts: true } }),
    commandOf: (id: string) => db.command.findUniqueOrThrow({ where: { id } }),
  };
}
