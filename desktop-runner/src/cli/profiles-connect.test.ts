import { randomUUID } from "node:crypto";
import path from "node:path";
import { chromium } from "playwright-core";
import puppeteer from "puppeteer-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { runStart } from "../connection/testing/fake-relay.ts";
import { editPolicy, withRule } from "../policy/edit-policy.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { until, useRunnerBed, whole } from "../testing/runner-bed.ts";
import { readPageAddress } from "../ui/page-address.ts";
import { runCommandLine } from "./command-line.ts";
import { FakeRest } from "./testing/fake-rest.ts";
import { page, profile } from "./testing/views.ts";

const bed = useRunnerBed();
// browsers and key derivations take their time on a busy machine
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let rest: FakeRest;
let site: FixtureSite;
beforeAll(async () => {
  site = await startFixtureSite();
});
afterAll(() => site.close());
beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
});
afterEach(() => rest.close());

const env = () => ({ DESKHAND_HOME: bed.paired.home.folder, DESKHAND_URL: rest.url, DESKHAND_API_KEY: "dh_test_key" });
const deskhand = (...args: string[]) => rest.deskhand(["profiles", ...args, "--json"], { env: env() });

/** The command as it goes on: its lines as they come, and its end. */
function connecting(name: string) {
  const lines: Record<string, string>[] = [];
  const out = (text: string) => void lines.push(JSON.parse(text));
  const done = runCommandLine(["profiles", "connect", name, "--json"], {
    env: env(),
    streams: { out, err: () => {} },
    isTerminal: false,
    readInput: async () => "",
  });
  const address = async () => {
    await vi.waitFor(() => expect(lines[0]).toMatchObject({ type: "connection" }));
    return lines[0] as { ws: string; http: string };
  };
  return { lines, done, address };
}

async function running(options: { workerFile?: string } = {}): Promise<void> {
  editPolicy(bed.paired.home, (policy) => withRule(policy, "allow", "127.0.0.1", false));
  bed.start({ localPort: 0, ...options });
  await until(() => expect(readPageAddress(bed.paired.home)).toBeDefined());
  rest.answers["GET /profiles"] = page({ ...profile, runnerId: bed.paired.runnerId });
}

describe("deskhand profiles connect", () => {
  it("opens a profile by its name for any program, tells the server who has it, and keeps what was done", async () => {
    await running();
    const first = connecting("Ann");
    const { ws } = await first.address();
    await until(() => expect(bed.relay.seen.profiles.get(profile.id)?.holder).toMatchObject({ kind: "connect" }));
    const browser = await puppeteer.connect({ browserWSEndpoint: ws });
    const opened = await browser.newPage();
    await opened.goto(`${site.origin}/sign-in`);
    await opened.type("[name=user]", "ann");
    await opened.type("[name=password]", "correct horse");
    await Promise.all([opened.waitForNavigation(), opened.click("button")]);
    await browser.disconnect();
    const refused = await deskhand("connect", profile.id);
    expect(refused).toMatchObject({
      exitCode: 3,
      last: { type: "error", code: "NOT_POSSIBLE", message: expect.stringContaining(`process ${process.pid}`) },
    });
    const run = runStart({ profileId: profile.id });
    await bed.relay.deliver(run);
    const elsewhere = runStart();
    await bed.relay.deliver(elsewhere);
    await until(() => expect(bed.kindsOf(elsewhere.payload.runId)).toEqual(whole));
    expect(bed.kindsOf(run.payload.runId)).toEqual([]);
    expect(await deskhand("close", "Ann")).toMatchObject({ exitCode: 0, last: { type: "result", closed: true } });
    expect(await first.done).toBe(0);
    expect(first.lines.at(-1)).toEqual({ type: "result", reason: "CLOSED" });
    await until(() => expect(bed.relay.seen.profiles.get(profile.id)).toMatchObject({ holder: null, stateBytes: expect.any(Number) }));
    await until(() => expect(bed.kindsOf(run.payload.runId)).toEqual(whole));

    const second = connecting(profile.id);
    const again = await chromium.connectOverCDP((await second.address()).http);
    const seen = await again.contexts()[0]?.newPage();
    await seen?.goto(`${site.origin}/account`);
    expect(await seen?.locator("h1").textContent()).toBe("Welcome");
    await again.close();
    process.emit("SIGINT", "SIGINT");
    expect(await second.done).toBe(0);

    // who is handed it over by the server's page
    const third = connecting(profile.id);
    await third.address();
    await bed.relay.deliver({ ...runStart(), kind: "profile.close", payload: { profileId: profile.id } });
    expect(await third.done).toBe(0);
  }, 90_000);

  it("takes a profile over that is only kept open, with the page that it is on, and leaves it hibernating", async () => {
    await running({ workerFile: path.join(import.meta.dirname, "../worker/main.ts") });
    await until(() => expect(bed.relay.sockets.size).toBe(1));
    const url = `${site.origin}/two`;
    await bed.relay.deliver({ ...runStart(), kind: "profile.open", payload: { profileId: profile.id, window: false, url } });
    const facts = () => bed.relay.seen.profiles.get(profile.id);
    await vi.waitFor(() => expect(facts()?.holder).toMatchObject({ kind: "session" }));
    const held = connecting(profile.id);
    const browser = await puppeteer.connect({ browserWSEndpoint: (await held.address()).ws });
    await until(async () => expect((await browser.pages()).map((each) => each.url())).toContain(url));
    await browser.disconnect();
    expect(await deskhand("close", profile.id)).toMatchObject({ exitCode: 0 });
    expect(await held.done).toBe(0);
    await until(() => expect(facts()).toMatchObject({ holder: null, hibernatingSince: expect.any(Number) }));
  });

  it("says what is missing: a runner that runs, somebody who is connected, a number", async () => {
    expect(await deskhand("connect", randomUUID())).toMatchObject({ exitCode: 3, last: { code: "NOT_RUNNING" } });
    await running();
    expect(await deskhand("close", randomUUID())).toMatchObject({ exitCode: 3, last: { code: "NOT_POSSIBLE" } });
    expect(await deskhand("connect", "Ann", "--port", "70000")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });

  it("ends with the runner, which saves first", async () => {
    await running();
    const held = connecting(profile.id);
    await held.address();
    await bed.stopAll();
    expect(await held.done).toBe(0);
    expect(held.lines.some(({ type }) => type === "saved")).toBe(true);
  });
});
