import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { FakeRelay, runStart } from "./connection/testing/fake-relay.ts";
import { pairedHome } from "./connection/testing/paired-home.ts";
import { sealTo } from "./identity/identity.ts";
import { Journal } from "./journal/journal.ts";
import { StartRefused } from "./take-folder.ts";
import { until, useRunnerBed, whole } from "./testing/runner-bed.ts";

const bed = useRunnerBed();

describe("a run", () => {
  it("is acknowledged, carried out, and told in order", async () => {
    await bed.connected();
    const command = runStart();
    expect(await bed.relay.deliver(command)).toEqual({ v: 1, status: "accepted", leaseToken: command.leaseToken });
    await until(() => expect(bed.kindsOf(command.payload.runId)).toEqual(whole));
    await until(() => expect(bed.relay.seen.heartbeats.at(-1)).toEqual([]));
    expect(bed.problems).toEqual([]);
  });

  it("that is delivered again is not run again, and keeps to its new lease", async () => {
    await bed.connected();
    const command = runStart({ title: "hang" });
    await bed.relay.deliver(command);
    await until(() => expect(bed.kindsOf(command.payload.runId)).toEqual(["started", "step-started"]));
    const again = { ...command, leaseToken: randomUUID() };
    expect(await bed.relay.deliver(again)).toMatchObject({ status: "accepted", leaseToken: again.leaseToken });
    await until(() => expect(bed.relay.seen.heartbeats.at(-1)).toEqual([{ commandId: command.id, leaseToken: again.leaseToken }]));
    expect(bed.kindsOf(command.payload.runId)).toEqual(["started", "step-started"]);
  });

  it("goes on while the server is away; its result arrives later, in order, once", async () => {
    await bed.connected();
    const { port } = bed.relay;
    const command = runStart();
    bed.relay.interceptEvents = () => null;
    await bed.relay.deliver(command);
    await bed.relay.close();
    await until(() => expect(bed.statuses.at(-1)?.state).toBe("offline"));
    const earlier = bed.relay;
    bed.relay = new FakeRelay();
    bed.relay.publicKey = earlier.publicKey;
    await bed.relay.listen(port);
    await until(() => expect(bed.kindsOf(command.payload.runId)).toEqual(whole));
  });

  it("whose events the server lost or could not store is told again from where the server is", async () => {
    await bed.connected();
    let times = 0;
    bed.relay.interceptEvents = (firstSeq) => {
      times++;
      if (times === 1) return { v: 1, ok: false, code: "DATABASE_UNAVAILABLE" };
      if (times === 2) return { v: 1, ok: true, ackedSeq: firstSeq - 1 };
      return undefined;
    };
    const command = runStart();
    await bed.relay.deliver(command);
    await until(() => expect(bed.kindsOf(command.payload.runId)).toEqual(whole));
    expect(times).toBeGreaterThan(2);
  });

  it("is cancelled by the next heartbeat's answer", async () => {
    await bed.connected();
    const command = runStart({ title: "hang" });
    await bed.relay.deliver(command);
    await until(() => expect(bed.kindsOf(command.payload.runId)).toContain("step-started"));
    bed.relay.cancels = [command.id, randomUUID()];
    await until(() => expect(bed.endOf(command.payload.runId)).toMatchObject({ state: "cancelled" }));
  });

  it("that does not heed a cancel is ended by ending the worker, and the next run gets a new one", async () => {
    await bed.connected({ cancelGraceMs: 50 });
    const [stubborn, bystander] = [runStart({ title: "stubborn" }), runStart({ title: "hang" })];
    await bed.relay.deliver(stubborn);
    await bed.relay.deliver(bystander);
    for (const { payload } of [stubborn, bystander]) await until(() => expect(bed.kindsOf(payload.runId)).toContain("step-started"));
    bed.relay.socket.emit("cancel", { v: 1, commandIds: [stubborn.id] });
    await until(() => expect(bed.endOf(stubborn.payload.runId)).toMatchObject({ state: "cancelled", failureCode: "CANCELLED" }));
    await until(() => expect(bed.endOf(bystander.payload.runId)).toMatchObject({ state: "failed", failureCode: "WORKER_CRASHED" }));
    const next = runStart();
    await bed.relay.deliver(next);
    await until(() => expect(bed.kindsOf(next.payload.runId)).toEqual(whole));
  });

  it("whose worker dies fails with WORKER_CRASHED at the step it was in", async () => {
    await bed.connected();
    const command = runStart({ title: "crash" });
    await bed.relay.deliver(command);
    await until(() =>
      expect(bed.endOf(command.payload.runId)).toMatchObject({ state: "failed", failureCode: "WORKER_CRASHED", failureStep: 0 }),
    );
    expect(bed.kindsOf(command.payload.runId)).toEqual(whole);
  });

  it("whose worker dies keeps what there was of its video", async () => {
    await bed.connected();
    const command = runStart({ title: "crash with a video" });
    await bed.relay.deliver(command);
    await until(() => expect(bed.endOf(command.payload.runId)).toMatchObject({ state: "failed", failureCode: "WORKER_CRASHED" }));
    const told = bed.relay.runs.get(command.payload.runId)?.filter(({ kind }) => kind === "artifact");
    expect(told).toMatchObject([{ type: "video", name: "video.mkv", bytes: 17, contentType: "video/matroska" }]);
  });

  it("gets its secret inputs opened; one that is sealed to another runner, or not sealed, is refused", async () => {
    await bed.connected();
    const inputs = { properties: { word: { type: "string", writeOnly: true } }, required: ["word"] };
    const withWord = (word: string | { sealed: string }) => {
      const command = runStart({ title: "secret" });
      command.payload.recording.inputs = inputs;
      command.payload.inputs = { word };
      return command;
    };
    const good = withWord({ sealed: await sealTo(bed.paired.identity.sealRecipient, "open sesame") });
    const other = await pairedHome(bed.relay.url);
    const foreign = withWord({ sealed: await sealTo(other.identity.sealRecipient, "open sesame") });
    other.remove();
    const clear = withWord("open sesame");
    for (const command of [good, foreign, clear]) await bed.relay.deliver(command);
    await until(() => expect(bed.endOf(good.payload.runId)).toMatchObject({ state: "succeeded" }));
    for (const { payload } of [foreign, clear]) {
      await until(() => expect(bed.endOf(payload.runId)).toMatchObject({ state: "failed", failureCode: "INPUT_INVALID" }));
    }
  });

  it("that waited past its deadline is not started", async () => {
    await bed.connected({ concurrency: 1 });
    const [first, late] = [runStart({ title: "hang" }), runStart({ startWithinMs: 100 })];
    await bed.relay.deliver(first);
    await bed.relay.deliver(late);
    await until(() => expect(bed.endOf(late.payload.runId)).toMatchObject({ state: "failed", failureCode: "COMMAND_EXPIRED" }));
    expect(bed.kindsOf(late.payload.runId)).toEqual(["finished"]);
  });

  it("waits for the one before it on the same profile, while another profile's goes ahead", async () => {
    await bed.connected();
    const profileId = randomUUID();
    const [first, second, other] = [runStart({ title: "hang", profileId }), runStart({ profileId }), runStart()];
    for (const command of [first, second, other]) await bed.relay.deliver(command);
    await until(() => expect(bed.kindsOf(other.payload.runId)).toEqual(whole));
    expect(bed.kindsOf(second.payload.runId)).toEqual([]);
    bed.relay.cancels = [first.id];
    await until(() => expect(bed.kindsOf(second.payload.runId)).toEqual(whole));
  });

  it("that waits for a person holds up no other profile's", async () => {
    await bed.connected({ concurrency: 1 });
    const [asking, other, last] = [runStart({ title: "ask a person" }), runStart({ title: "hang" }), runStart()];
    for (const command of [asking, other, last]) await bed.relay.deliver(command);
    await until(() => expect(bed.kindsOf(other.payload.runId)).toContain("step-started"));
    expect(bed.kindsOf(asking.payload.runId)).toContain("waiting");
    expect(bed.kindsOf(last.payload.runId)).toEqual([]);
    bed.relay.cancels = [other.id];
    await until(() => expect(bed.kindsOf(last.payload.runId)).toEqual(whole));
  });

  it("starts a new worker after the last one left because it was idle", async () => {
    await bed.connected();
    const first = runStart({ title: "idle after" });
    await bed.relay.deliver(first);
    await until(() => expect(bed.kindsOf(first.payload.runId)).toEqual(whole));
    const second = runStart();
    await bed.relay.deliver(second);
    await until(() => expect(bed.kindsOf(second.payload.runId)).toEqual(whole));
  });

  it("is stopped when the server says that it does not know it", async () => {
    await bed.connected();
    const command = runStart({ title: "hang" });
    bed.relay.interceptEvents = () => ({ v: 1, ok: false, code: "NOT_FOUND" });
    await bed.relay.deliver(command);
    await until(() => expect(bed.relay.seen.heartbeats.at(-1)).toEqual([]));
    await until(() => expect(new Journal(bed.paired.home.journalFile).command(command.id)).toMatchObject({ outcome: "cancelled" }));
  });
});

describe("a stop", () => {
  it("ends runs under way with RUNNER_RESTARTED, and they are not started again", async () => {
    const runner = await bed.connected();
    const command = runStart({ title: "hang" });
    await bed.relay.deliver(command);
    await until(() => expect(bed.kindsOf(command.payload.runId)).toContain("step-started"));
    await runner.stop();
    await until(() => expect(bed.relay.sockets.size).toBe(0));
    expect(bed.endOf(command.payload.runId)).toMatchObject({ state: "failed", failureCode: "RUNNER_RESTARTED" });
    await bed.connected();
    await bed.relay.deliver({ ...command, leaseToken: randomUUID() });
    await until(() => expect(bed.relay.seen.heartbeats.at(-1)).toEqual([]));
    expect(bed.kindsOf(command.payload.runId)).toEqual(whole);
  });
});
describe("the folder", () => {
  it("serves one process at a time", async () => {
    const first = await bed.connected();
    expect(() => bed.start()).toThrow(StartRefused);
    await first.stop();
    await bed.connected();
  });
});
