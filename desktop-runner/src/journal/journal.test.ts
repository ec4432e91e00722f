import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Command } from "@deskhand/shared/protocol/commands";
import type { RunEvent } from "@deskhand/shared/protocol/run-events";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ArtifactIndex } from "./artifact-index.ts";
import { isDiskFull } from "./is-disk-full.ts";
import { Journal } from "./journal.ts";

let folder: string;
let file: string;
const opened: Journal[] = [];
const clock = () => 1_000_000;

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "deskhand-journal-"));
  file = path.join(folder, "journal.db");
});

afterEach(() => {
  for (const journal of opened.splice(0)) journal.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Opens the file as a new process would after the last one was killed: the old handle is not closed. */
function open(options: { maxBytes?: number } = {}): Journal {
  const journal = new Journal(file, { clock, ...options });
  opened.push(journal);
  return journal;
}

function runStart(overrides: { id?: string; runId?: string; leaseToken?: string; text?: string } = {}): Command & { kind: "run.start" } {
  return {
    v: 1,
    id: overrides.id ?? randomUUID(),
    leaseToken: overrides.leaseToken ?? randomUUID(),
    leaseMs: 60_000,
    startWithinMs: 60_000,
    kind: "run.start",
    payload: {
      runId: overrides.runId ?? randomUUID(),
      profileId: randomUUID(),
      workflowVersionId: randomUUID(),
      recording: { title: overrides.text ?? "A", steps: [] },
      inputs: {},
    },
  };
}

const started: RunEvent = { kind: "started", at: 1 };
const stepStarted = (index: number): RunEvent => ({ kind: "step-started", at: 2, index });
const stepDone = (index: number): RunEvent => ({
  kind: "step-finished",
  at: 3,
  index,
  state: "succeeded",
  durationMs: 1,
  failureCode: null,
});
const finished: RunEvent = { kind: "finished", at: 4, state: "succeeded", failureCode: null, failureStep: null };

describe("commands", () => {
  it("are there after a kill, once, with the lease that came last", () => {
    const command = runStart();
    expect(open().accept(command)).toBe("new");
    const journal = open();
    expect(journal.accept({ ...command, leaseToken: randomUUID() })).toBe("repeat");
    const last = randomUUID();
    expect(journal.accept({ ...command, leaseToken: last })).toBe("repeat");
    expect(open().waiting()).toMatchObject([{ id: command.id, leaseToken: last }]);
    expect(journal.payload(command.id)).toEqual(command.payload);
    expect(journal.holding(10)).toEqual([{ commandId: command.id, leaseToken: last }]);
  });

  it("start once, whoever asks and however often", () => {
    const command = runStart();
    const journal = open();
    journal.accept(command);
    expect(journal.markRunning(command.id)).toBe(true);
    expect(journal.markRunning(command.id)).toBe(false);
    expect(open().markRunning(command.id)).toBe(false);
  });

  it("that were running when the process was killed fail with RUNNER_RESTARTED once, their open step first", () => {
    const command = runStart();
    const { runId } = command.payload;
    const killed = open();
    killed.accept(command);
    killed.markRunning(command.id);
    killed.append([started, stepStarted(0), stepDone(0), stepStarted(1)].map((event) => ({ runId, event })));

    const journal = open();
    expect(journal.recover()).toMatchObject([{ id: command.id }]);
    expect(journal.recover()).toEqual([]);
    expect(open().recover()).toEqual([]);
    const events = journal.eventsToSend(runId, 100)?.events ?? [];
    expect(events.slice(4)).toMatchObject([
      { kind: "step-finished", index: 1, state: "failed", failureCode: "RUNNER_RESTARTED" },
      { kind: "finished", state: "failed", failureCode: "RUNNER_RESTARTED", failureStep: 1 },
    ]);
    expect(journal.waiting()).toEqual([]);
    expect(journal.markRunning(command.id)).toBe(false);
  });

  it("that were accepted and not started when the process was killed still wait", () => {
    const command = runStart();
    open().accept(command);
    const journal = open();
    expect(journal.recover()).toEqual([]);
    expect(journal.waiting()).toMatchObject([{ id: command.id, state: "accepted" }]);
  });

  it("that delete a profile are done again after a kill", () => {
    const killed = open();
    const command: Command = { ...runStart(), kind: "profile.delete", payload: { profileId: randomUUID() } };
    killed.accept(command);
    killed.markRunning(command.id);
    const journal = open();
    journal.recover();
    expect(journal.waiting()).toMatchObject([{ id: command.id, kind: "profile.delete" }]);
    journal.finish(command.id, "succeeded", null);
    journal.finish(command.id, "failed", "INTERNAL");
    expect(open().outcomesToSend()).toMatchObject([{ id: command.id, outcome: "succeeded" }]);
    journal.markDelivered(command.id);
    expect(journal.outcomesToSend()).toEqual([]);
  });

  it("do not keep their inputs when they are done", () => {
    const journal = open();
    const command = runStart();
    journal.accept(command);
    journal.markRunning(command.id);
    journal.append([{ runId: command.payload.runId, event: finished }]);
    expect(journal.payload(command.id)).toBeUndefined();
  });
});

describe("events", () => {
  it("are sent from the first that the server lacks, also when it goes back", () => {
    const journal = open();
    const command = runStart();
    const { runId } = command.payload;
    journal.accept(command);
    journal.append([started, stepStarted(0), stepDone(0), finished].map((event) => ({ runId, event })));
    expect(journal.eventsToSend(runId, 2)).toMatchObject({ firstSeq: 1, events: [started, stepStarted(0)] });
    journal.acknowledge(runId, 3);
    expect(journal.eventsToSend(runId, 10)).toMatchObject({ firstSeq: 4, events: [finished] });
    journal.acknowledge(runId, 1);
    expect(journal.eventsToSend(runId, 10)).toMatchObject({ firstSeq: 2 });
    expect(journal.holding(10)).toHaveLength(1);
    journal.acknowledge(runId, 4);
    expect(journal.eventsToSend(runId, 10)).toBeUndefined();
    expect(journal.runsToSend()).toEqual([]);
    expect(journal.holding(10)).toEqual([]);
  });

  it("are sent again from the start when the server delivers a finished command once more", () => {
    const journal = open();
    const command = runStart();
    const { runId } = command.payload;
    journal.accept(command);
    journal.append([started, finished].map((event) => ({ runId, event })));
    journal.acknowledge(runId, 2);
    expect(journal.accept({ ...command, leaseToken: randomUUID() })).toBe("repeat");
    expect(journal.eventsToSend(runId, 10)).toMatchObject({ firstSeq: 1, events: [started, finished] });
  });

  it("stop at the run's end", () => {
    const journal = open();
    const command = runStart();
    const { runId } = command.payload;
    journal.accept(command);
    journal.append([started, finished, stepStarted(3), finished].map((event) => ({ runId, event })));
    journal.endRun(runId, "failed", "WORKER_CRASHED");
    expect(journal.eventsToSend(runId, 10)?.events).toEqual([started, finished]);
    expect(journal.commandOfRun(runId)).toMatchObject({ state: "done", outcome: "succeeded" });
  });

  it("stay whole, in order and once under any mix of kills, repeats and acknowledgements", () => {
    const action = fc.oneof(
      fc.record({ do: fc.constant("event" as const), which: fc.nat(2) }),
      fc.record({ do: fc.constant("send" as const), limit: fc.integer({ min: 1, max: 4 }), lost: fc.boolean(), run: fc.nat(1) }),
      fc.record({ do: fc.constant("start" as const), run: fc.nat(1) }),
      fc.record({ do: fc.constant("repeat" as const), run: fc.nat(1) }),
      fc.record({ do: fc.constant("kill" as const) }),
    );
    fc.assert(
      fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
        rmSync(folder, { recursive: true, force: true });
        folder = mkdtempSync(path.join(tmpdir(), "deskhand-journal-"));
        file = path.join(folder, "journal.db");
        const commands = [runStart(), runStart()];
        const stored = new Map<string, RunEvent[]>(commands.map((command) => [command.payload.runId, []]));
        const starts = new Map<string, number>();
        let journal = open();
        for (const command of commands) journal.accept(command);
        const send = (runId: string, limit: number, lost: boolean) => {
          const pending = journal.eventsToSend(runId, limit);
          if (!pending) return;
          const server = stored.get(runId) as RunEvent[];
          // the server takes what continues its sequence and says how far it is, like the real one
          if (pending.firstSeq <= server.length + 1) server.push(...pending.events.slice(server.length + 1 - pending.firstSeq));
          if (!lost) journal.acknowledge(runId, server.length);
        };
        for (const step of actions) {
          const command = commands["run" in step ? step.run : 0] as (typeof commands)[number];
          if (step.do === "event") {
            for (const running of journal.unfinished().filter(({ state }) => state === "running")) {
              const event = [stepStarted(step.which), stepDone(step.which), finished][step.which] as RunEvent;
              journal.append([{ runId: running.runId as string, event }]);
            }
          } else if (step.do === "send") send(command.payload.runId, step.limit, step.lost);
          else if (step.do === "start") {
            if (journal.markRunning(command.id)) starts.set(command.id, (starts.get(command.id) ?? 0) + 1);
          } else if (step.do === "repeat") expect(journal.accept({ ...command, leaseToken: randomUUID() })).toBe("repeat");
          else {
            journal = open();
            journal.recover();
          }
        }
        journal.recover();
        for (const { payload } of commands) for (let round = 0; round < 200; round++) send(payload.runId, 3, false);
        for (const command of commands) {
          const events = stored.get(command.payload.runId) as RunEvent[];
          expect(events.filter(({ kind }) => kind === "finished")).toHaveLength(starts.has(command.id) ? 1 : 0);
          if (events.length > 0) expect(events.at(-1)?.kind).toBe("finished");
          expect(starts.get(command.id) ?? 0).toBeLessThanOrEqual(1);
          expect(journal.command(command.id)).toMatchObject({ lastSeq: events.length, ackedSeq: events.length });
        }
        for (const handle of opened.splice(0)) handle.close();
      }),
      { numRuns: 30 },
    );
  });
});

describe("room", () => {
  it("refuses a command that does not fit, and keeps what it has", () => {
    const journal = open({ maxBytes: 200_000 });
    const first = runStart();
    journal.accept(first);
    const large = runStart({ text: "x".repeat(400_000) });
    let caught: unknown;
    try {
      journal.accept(large);
    } catch (error) {
      caught = error;
    }
    expect(isDiskFull(caught)).toBe(true);
    expect(journal.command(large.id)).toBeUndefined();
    expect(journal.waiting()).toMatchObject([{ id: first.id }]);
    expect(journal.accept(runStart())).toBe("new");
  });

  it("is given back by forgetting what was delivered, never what was not", () => {
    const journal = open();
    const [delivered, undelivered] = [runStart(), runStart()];
    for (const command of [delivered, undelivered]) {
      journal.accept(command);
      journal.append([{ runId: command.payload.runId, event: finished }]);
    }
    journal.acknowledge(delivered.payload.runId, 1);
    expect(journal.prune(clock() - 1, 10)).toBe(0);
    expect(journal.prune(clock() + 1, 10)).toBe(1);
    expect(journal.command(delivered.id)).toBeUndefined();
    expect(journal.runsToSend()).toEqual([{ runId: undelivered.payload.runId, over: true }]);
  });

  it("gives up the artifacts of the runs that ended first", () => {
    const index = new ArtifactIndex(open());
    const runs = [randomUUID(), randomUUID(), randomUUID()];
    for (const [at, runId] of runs.entries()) index.keep(runId, 100, at);
    expect(index.overflow(300)).toEqual([]);
    expect(index.overflow(150)).toEqual(runs.slice(0, 2));
    const id = randomUUID();
    index.add({ id, runId: runs[0] as string, file: "a.png", contentType: "image/png", bytes: 100 });
    expect(index.find(id)).toMatchObject({ file: "a.png" });
    index.forget(runs[0] as string);
    expect(index.find(id)).toBeUndefined();
    expect(index.totalBytes()).toBe(200);
  });
});

it.skipIf(process.platform === "win32")("keeps the journal to its owner", () => {
  open().accept(runStart());
  for (const name of ["journal.db", "journal.db-wal"]) expect(statSync(path.join(folder, name)).mode & 0o777).toBe(0o600);
});
