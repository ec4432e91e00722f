import { randomUUID } from "node:crypto";
import { existsSync, rmSync, statSync, writeFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { runStart } from "./connection/testing/fake-relay.ts";
import { Journal } from "./journal/journal.ts";
import { RefusalLog } from "./journal/refusal-log.ts";
import { editPolicy, withRule } from "./policy/edit-policy.ts";
import { type Policy, savePolicy, startingPolicy } from "./policy/policy-file.ts";
import { until, useRunnerBed, whole } from "./testing/runner-bed.ts";

const bed = useRunnerBed();
const unsigned: Policy = { ...startingPolicy, signatures: "optional" };
const change = (part: Partial<Policy>) => editPolicy(bed.paired.home, (policy) => ({ ...policy, ...part }));
const allow = (pattern: string) => editPolicy(bed.paired.home, (policy) => withRule(policy, "allow", pattern));
const ended = (runId: string) => until(() => expect(bed.endOf(runId)).toBeDefined());
const refusals = () => bed.relay.reports.flatMap((report) => report.refusals);
/** Delivers a run and gives its id. */
async function deliver(options: Parameters<typeof runStart>[0] = {}): Promise<string> {
  const command = runStart(options);
  await bed.relay.deliver(command);
  return command.payload.runId;
}
const now = () => new Date();
/** A range that holds now and ends in some minutes. */
function nowQuiet(): NonNullable<Policy["quietHours"]> {
  const clock = (ms: number) => new Date(now().getTime() + ms).toISOString().slice(11, 16);
  return { zone: "UTC", ranges: [{ from: clock(-5 * 60_000), to: clock(10 * 60_000) }] };
}

describe("a runner that is paused", () => {
  it("stays online and says so; runs wait, and begin when it goes on", async () => {
    bed.relay.tightening = {};
    await bed.connected();
    change({ paused: true });
    await until(() => expect(bed.relay.reports.at(-1)).toMatchObject({ paused: true, damaged: false, empty: true }));
    const runId = await deliver();
    await until(() => expect(bed.relay.seen.heartbeats.at(-1)).toHaveLength(1));
    expect(bed.kindsOf(runId)).toEqual([]);
    expect(bed.statuses.at(-1)?.state).toBe("connected");
    change({ paused: false });
    await until(() => expect(bed.kindsOf(runId)).toEqual(whole));
    await until(() => expect(bed.relay.reports.at(-1)).toMatchObject({ paused: false }));
  });

  it("is still paused when it is started again, and goes on with what is under way", async () => {
    const runner = await bed.connected();
    const runId = await deliver({ title: "hang" });
    await until(() => expect(bed.kindsOf(runId)).toEqual(["started", "step-started"]));
    change({ paused: true });
    const waiting = await deliver();
    await runner.stop();
    expect(bed.endOf(runId)).toMatchObject({ failureCode: "RUNNER_RESTARTED" });
    await bed.connected();
    await until(() => expect(bed.relay.seen.heartbeats.at(-1)).toHaveLength(1));
    expect(bed.kindsOf(waiting)).toEqual([]);
    change({ paused: false });
    await until(() => expect(bed.kindsOf(waiting)).toEqual(whole));
  });
});

describe("quiet hours", () => {
  it("let a run wait until they end, or until its deadline", async () => {
    bed.relay.tightening = {};
    savePolicy(bed.paired.home, { ...unsigned, quietHours: nowQuiet() });
    await bed.connected();
    await until(() => expect(bed.relay.reports.at(-1)?.quietUntil).toBeGreaterThan(Date.now()));
    const late = await deliver({ startWithinMs: 50 });
    const waiting = await deliver();
    await ended(late);
    expect(bed.endOf(late)).toMatchObject({ failureCode: "COMMAND_EXPIRED" });
    expect(bed.kindsOf(waiting)).toEqual([]);
    change({ quietHours: null });
    await until(() => expect(bed.kindsOf(waiting)).toEqual(whole));
  });
});

describe("members", () => {
  it("that the policy names may command the runner, and nobody else", async () => {
    bed.relay.tightening = {};
    const [may, other] = [randomUUID(), randomUUID()];
    savePolicy(bed.paired.home, { ...unsigned, members: [may] });
    await bed.connected();
    const runs = [await deliver({ userId: may }), await deliver({ userId: other }), await deliver()];
    for (const runId of runs) await ended(runId);
    expect(runs.map((runId) => bed.endOf(runId))).toMatchObject([
      { state: "succeeded" },
      { state: "failed", failureCode: "POLICY_DENIED" },
      { state: "failed", failureCode: "POLICY_DENIED" },
    ]);
    await until(() =>
      expect(
        refusals()
          .map(({ subject }) => subject)
          .sort(),
      ).toEqual([other, "nobody named"].sort()),
    );
    expect(refusals()[0]).toMatchObject({ kind: "member", rule: "members 1 named", fatal: true, count: 1 });
  });

  it("who are not named do not delete a profile either", async () => {
    savePolicy(bed.paired.home, { ...unsigned, members: [] });
    await bed.connected();
    const { payload, ...envelope } = runStart();
    await bed.relay.deliver({ ...envelope, kind: "profile.delete", payload: { profileId: payload.profileId } });
    await until(() => expect(bed.relay.seen.outcomes).toMatchObject([{ state: "failed" }]));
  });
});

describe("a policy file", () => {
  it("that is damaged refuses every run and says so, until it is whole", async () => {
    bed.relay.tightening = {};
    await bed.connected();
    writeFileSync(bed.paired.home.policyFile, '{"version":1,"rules":[{"eff');
    await until(() => expect(bed.relay.reports.at(-1)).toMatchObject({ damaged: true }));
    const runId = await deliver();
    await ended(runId);
    expect(bed.endOf(runId)).toMatchObject({ failureCode: "POLICY_DENIED" });
    await until(() => expect(refusals()).toMatchObject([{ kind: "damaged", runId }]));
    savePolicy(bed.paired.home, unsigned);
    const next = await deliver();
    await until(() => expect(bed.kindsOf(next)).toEqual(whole));
  });

  it("is nobody else's to read, and there is none before its owner decides", async () => {
    rmSync(bed.paired.home.policyFile);
    await bed.connected();
    expect(existsSync(bed.paired.home.policyFile)).toBe(false);
    allow("a.example");
    expect(statSync(bed.paired.home.policyFile).mode & 0o777).toBe(0o600);
    expect(statSync(bed.paired.home.policyFolder).mode & 0o777).toBe(0o700);
  });

  it("that changes reaches the runs under way", async () => {
    bed.relay.tightening = {};
    await bed.connected();
    const runId = await deliver({ title: "hang" });
    await until(() => expect(bed.kindsOf(runId)).toEqual(["started", "step-started"]));
    allow("a.example");
    await until(() => expect(refusals().map(({ rule }) => rule)).toEqual(["allow a.example by device"]));
  });
});

describe("what is refused", () => {
  it("is told to the server until it is stored there, each with its count", async () => {
    const { relay } = bed;
    await bed.connected();
    const runId = await deliver({ title: "refused" });
    await ended(runId);
    // an older server asks for no reports: it is kept for one that does
    expect(relay.reports).toEqual([]);
    relay.tightening = {};
    relay.sayToAll("drain", {});
    await until(() => expect(refusals()).toMatchObject([{ runId, kind: "host", subject: "ads.example", count: 5, fatal: false }]));
    await deliver({ title: "policy" });
    await until(() => expect(refusals()).toHaveLength(2));
  });
});

describe("the server", () => {
  it("may refuse more, at once and when it is away", async () => {
    allow("*");
    bed.relay.tightening = { deniedHosts: ["*.Ads.example"], maxDownloadBytes: 1 };
    const runner = await bed.connected();
    await deliver({ title: "policy" });
    const first = "allow * by device, deny *.ads.example by server";
    await until(() => expect(refusals().map(({ rule }) => rule)).toEqual([first]));
    bed.relay.tightening = { deniedHosts: ["*.ads.example", "b.example"], maxDownloadBytes: null };
    bed.relay.sayToAll("tighten", { v: 1, tightening: bed.relay.tightening });
    await until(async () => {
      await deliver({ title: "policy" });
      expect(refusals().map(({ rule }) => rule)).toContain(`${first}, deny b.example by server`);
    });
    await runner.stop();
    await until(() => expect(bed.relay.sockets.size).toBe(0));
    bed.relay.tightening = undefined;
    const second = await bed.connected();
    await ended(await deliver({ title: "policy" }));
    await second.stop();
    const journal = new Journal(bed.paired.home.journalFile);
    expect(new RefusalLog(journal).newest(1)).toMatchObject([{ rule: `${first}, deny b.example by server` }]);
    journal.close();
    expect(bed.problems).toEqual([]);
  });

  it("that asks for more than it may is passed over, and that is recorded", async () => {
    savePolicy(bed.paired.home, { ...unsigned, maxDownloadBytes: 1_000 });
    bed.relay.tightening = {
      deniedHosts: [],
      allowedHosts: ["*"],
      shell: true,
      members: "everyone",
      maxDownloadBytes: 2_000_000,
      rules: [],
    };
    await bed.connected();
    await until(() =>
      expect(
        refusals()
          .map(({ subject }) => subject)
          .sort(),
      ).toEqual(["allowedHosts", "maxDownloadBytes", "members", "rules", "shell"]),
    );
    expect(refusals()[0]).toMatchObject({ runId: null, kind: "widening", rule: "the server may only tighten", count: 1 });
    const runId = await deliver({ title: "policy" });
    await until(() => expect(refusals().find((refusal) => refusal.runId === runId)?.rule).toBe("none"));
  });

  it("that sends something unreadable changes nothing, and that is recorded", async () => {
    bed.relay.tightening = { deniedHosts: ["b.example"] };
    await bed.connected();
    await until(() => expect(bed.relay.reports).not.toEqual([]));
    bed.relay.sayToAll("tighten", { v: 1, tightening: { deniedHosts: "none" } });
    await until(() => expect(refusals()).toMatchObject([{ kind: "widening", subject: "tightening" }]));
    await deliver({ title: "policy" });
    await until(() => expect(refusals().map(({ rule }) => rule)).toContain("deny b.example by server"));
  });
});
