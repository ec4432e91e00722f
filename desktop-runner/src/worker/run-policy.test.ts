import { createSocket } from "node:dgram";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { hostname } from "node:os";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import type { NetworkPolicy } from "../policy/network-policy.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { allowing, orderRun, startTestWorker, type TestFolder, type TestWorker, testFolder } from "../testing/worker.ts";

/** A site that the policy allows, and one that it does not, on the same address: the port tells them apart. */
let site: FixtureSite;
let denied: FixtureSite;
let folder: TestFolder;
let worker: TestWorker;
beforeAll(async () => {
  [site, denied] = await Promise.all([startFixtureSite(), startFixtureSite()]);
  worker = startTestWorker();
});
beforeEach(async () => {
  folder = await testFolder();
  for (const { requests } of [site, denied]) requests.length = 0;
});
afterEach(() => folder.remove());
afterAll(async () => {
  await worker.stop();
  await Promise.all([site.close(), denied.close()]);
});

const hostOf = ({ origin }: FixtureSite) => new URL(origin).host;
const goTo = (url: string) => ({ type: "navigate", url });
const open = (path: string) => goTo(`${site.origin}/${path}`);
const click = (selector: string) => ({ type: "click", selectors: [selector], offsetX: 2, offsetY: 2 });
const until = (expression: string) => ({ type: "waitForExpression", expression, timeout: 10_000 });
const logged = (...lines: string[]) =>
  until(lines.map((line) => `document.getElementById("log").textContent.includes("${line}")`).join(" && "));
const onlySite = (change: Partial<NetworkPolicy> = {}) => ({ ...allowing(hostOf(site)), ...change });
const run = (steps: unknown[], policy = onlySite()) => orderRun(worker, { folder: folder.path, steps, policy });
const refusalsOf = (runId: string) => worker.events(runId).flatMap((event) => (event.kind === "refused" ? [event] : []));
const nothing = { kind: "host", rule: "nothing allows it", subject: "127.0.0.1" };

describe("a page that the policy refuses", () => {
  const fails = { status: "failed", code: "POLICY_DENIED", message: expect.stringContaining("127.0.0.1 is refused") };
  it.each([
    ["opened by a step", () => [goTo(denied.origin)], 0],
    ["redirected to", () => [open(`redirect?to=${denied.origin}/`)], 0],
    ["redirected to twice", () => [open(`redirect?to=${encodeURIComponent(`${site.origin}/redirect?to=${denied.origin}`)}`)], 0],
    ["behind a link", () => [open(`reach?to=${denied.origin}`), click("#link"), until("false")], 1],
  ])("%s ends the run and is never asked for", async (_, steps, _index) => {
    const { runId, finished } = run(steps());
    expect(await finished).toMatchObject(fails);
    expect(denied.requests).toEqual([]);
    expect(refusalsOf(runId).filter(({ fatal }) => fatal)[0]).toMatchObject({ reason: nothing });
    const lines = worker.events(runId).flatMap((event) => (event.kind === "log" ? [event.message] : []));
    expect(lines.join("\n")).toContain("deskhand policy allow 127.0.0.1");
  });

  it("in a pop-up ends the run only when a step needs it", async () => {
    const steps = [open(`reach?to=${denied.origin}`), click("#pop"), until("true")];
    expect(await run(steps).finished).toMatchObject({ status: "succeeded" });
    const needs = [...steps, { ...click("h1"), target: `${denied.origin}/`, timeout: 1_000 }];
    expect(await run(needs).finished).toMatchObject({ code: "POLICY_DENIED", step: 3 });
    expect(denied.requests).toEqual([]);
  });

  it.each(["file:///etc/passwd", "chrome://version", "view-source:http://127.0.0.1"])("is none of the web: %s", async (address) => {
    const { runId, finished } = run([goTo(address)], allowing("*", "127.0.0.1"));
    expect(await finished).toMatchObject({ code: "POLICY_DENIED" });
    expect(refusalsOf(runId)).toMatchObject([{ reason: { kind: "scheme", subject: address.split(":")[0] }, fatal: true }]);
  });
});

describe("what a page asks for", () => {
  it("is refused whichever part of the browser asks, counted by host, and the page goes on", async () => {
    const ways = ["fetch", "img", "frame", "socket", "worker", "service", "beacon"];
    const steps = [
      open(`reach?by=${ways.join(",")}&to=${denied.origin}`),
      logged("fetch refused", "img refused", "frame loaded", "socket refused", "worker refused", "service done", "beacon sent"),
    ];
    const { runId, finished } = run(steps);
    expect(await finished).toMatchObject({ status: "succeeded" });
    expect(denied.requests).toEqual([]);
    const refused = refusalsOf(runId);
    expect(refused.every(({ fatal }) => !fatal)).toBe(true);
    expect(refused[0]).toMatchObject({ reason: nothing });
    expect(refused.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThanOrEqual(5);
    expect(JSON.stringify(refused)).not.toContain("reach");
  });

  it("goes through where the policy allows it", async () => {
    const ways = ["fetch", "socket", "worker"];
    const steps = [open(`reach?by=${ways.join(",")}&to=${denied.origin}`), logged("fetch reached", "worker reached")];
    const { runId, finished } = run(steps, allowing(hostOf(site), hostOf(denied)));
    expect(await finished).toMatchObject({ status: "succeeded" });
    expect(refusalsOf(runId)).toEqual([]);
  });

  it("tells of a bounded number of hosts", async () => {
    const script = `Promise.all(Array.from({ length: 90 }, (_, n) => fetch("http://h" + n + ".example/").catch(() => 0))).then(() => true)`;
    const { runId, finished } = run([open("index"), until(script)]);
    expect(await finished).toMatchObject({ status: "succeeded" });
    const subjects = new Set(refusalsOf(runId).map(({ reason }) => reason.subject));
    expect(subjects.size).toBeLessThanOrEqual(61);
    expect(subjects).toContain("other hosts");
  });

  it("by datagram goes nowhere", async () => {
    const socket = createSocket("udp4").bind(0, "127.0.0.1");
    await once(socket, "listening");
    let packets = 0;
    socket.on("message", () => packets++);
    const { finished } = run([open(`datagrams?port=${socket.address().port}`), logged("gathered")], allowing("*", "127.0.0.1"));
    expect(await finished).toMatchObject({ status: "succeeded" });
    expect(packets).toBe(0);
    socket.close();
  });

  it("is refused where a name leads to an address that is not public", async () => {
    const own = hostname().toLowerCase();
    const steps = [goTo(`http://${own}:${new URL(denied.origin).port}/`)];
    const { runId, finished } = run(steps, allowing("*"));
    const end = await finished;
    // a computer whose own name leads nowhere, or to a public address, cannot show it here; the gate's own tests do
    if (end.code === "NAVIGATION_FAILED") return;
    expect(end).toMatchObject({ code: "POLICY_DENIED" });
    expect(refusalsOf(runId)[0]?.reason).toMatchObject({ kind: "address", subject: own });
  });
});

describe("a policy that changes in the middle of a run", () => {
  it("holds at once, also on connections that are open", async () => {
    const { runId, finished } = run([
      open("index"),
      until(`document.title === "never" || fetch("/index").then(() => false, () => true)`),
      open("index"),
    ]);
    await worker.untilEvent(runId, "step-started");
    await vi.waitUntil(() => worker.events(runId).some((event) => event.kind === "step-started" && event.index === 1));
    worker.send({ type: "policy", policy: onlySite({ rules: [{ effect: "deny", pattern: "*", by: "device" }] }) });
    expect(await finished).toMatchObject({ code: "POLICY_DENIED", step: 2 });
    expect(refusalsOf(runId)[0]?.reason).toMatchObject({ rule: "deny *" });
  });

  it("that cannot be read any more refuses everything", async () => {
    expect(await run([open("index")], onlySite({ damaged: true })).finished).toMatchObject({ code: "POLICY_DENIED" });
    expect(site.requests).toEqual([]);
  });
});

describe("a download that is larger than the policy allows", () => {
  const limit = (bytes: number) => onlySite({ maxDownload: { bytes, by: "device" } });
  it.each([
    ["when it is done", "#large", 1_000],
    ["by its length", "#large", 100_000],
  ])("is not kept, known %s", async (_, link, bytes) => {
    const { runId, artifactsDir, finished } = run([open("download"), click(link)], limit(bytes));
    expect(await finished).toMatchObject({ status: "succeeded" });
    expect(refusalsOf(runId)).toMatchObject([{ reason: { kind: "download", rule: `max-download ${bytes} bytes` }, count: 1 }]);
    expect((await readdir(artifactsDir)).filter((name) => name.startsWith("download"))).toEqual([]);
  });

  it.each(["/gigabyte?told", "/gigabyte"])("is broken off long before it is a gigabyte, and the run goes on: %s", async (file) => {
    const link = {
      type: "customStep",
      name: "deskhand.script",
      parameters: { code: `document.body.innerHTML = '<a id="get" href="${file}">Get</a>';` },
    };
    const { runId, artifactsDir, finished } = run([open("two"), link, click("#get"), open("index")], limit(50_000_000));
    expect(await finished).toMatchObject({ status: "succeeded" });
    expect(refusalsOf(runId)).toMatchObject([{ reason: { kind: "download", rule: "max-download 50000000 bytes" } }]);
    expect((await readdir(artifactsDir)).filter((name) => name.startsWith("download"))).toEqual([]);
  });

  it("is broken off while it comes when it does not say how long it is", async () => {
    const { runId, finished } = run([open("download"), click("#endless")], limit(500_000));
    expect(await finished).toMatchObject({ status: "succeeded" });
    expect(refusalsOf(runId)).toMatchObject([{ reason: { kind: "download" } }]);
  });
});
