import { randomUUID } from "node:crypto";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterAll, afterEach, beforeAll, beforeEach, expect, it, vi } from "vitest";
import { loadProfileState } from "../browser/profile-store.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { startTestScreen, type TestScreen } from "../testing/screen.ts";
import {
  allowing,
  commandLineOf,
  descendantsOf,
  orderRun,
  promised,
  shown,
  startTestWorker,
  type TestFolder,
  type TestWorker,
  testFolder,
} from "../testing/worker.ts";
import type { SessionEvent, SessionOrder } from "./messages.ts";

let site: FixtureSite;
let folder: TestFolder;
let worker: TestWorker;
let screen: TestScreen;
beforeAll(async () => {
  site = await startFixtureSite();
  screen = await startTestScreen();
  worker = startTestWorker({ DISPLAY: screen.display });
});
beforeEach(async () => {
  folder = await testFolder();
});
afterEach(() => folder.remove());
afterAll(async () => {
  await worker.stop();
  screen.close();
  await site.close();
});

const dedicated = { engine: "dedicated" } as const;
const shared = { engine: "shared" } as const;
const open = (page: string) => ({ type: "navigate", url: `${site.origin}/${page}` });
const click = (selector: string) => ({ type: "click", selectors: [selector], offsetX: 2, offsetY: 2 });
const log = { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "text", selectors: ["#log"] } };
const profile = () => path.join(folder.path, "profiles/profile-a");
const run = (steps: unknown[], settings: typeof dedicated | typeof shared, limits = {}) =>
  orderRun(worker, { folder: folder.path, steps, settings, limits });
const find = () => [open("state"), shown("found"), log];
const keep = () => [open("state"), click("#keep"), shown("saved")];
const browsersOfFolder = () => descendantsOf(worker.child.pid ?? 0).filter((pid) => commandLineOf(pid).includes(profile()));

function openSession(over: Partial<SessionOrder>): {
  sessionId: string;
  events: () => SessionEvent[];
  until(kind: SessionEvent["kind"]): Promise<SessionEvent>;
} {
  const sessionId = randomUUID();
  const order = {
    profileId: "profile-a",
    profileDir: profile(),
    settings: { ...defaultSettings, ...dedicated },
    window: true,
    urls: [],
    policy: allowing(),
    proxies: [],
  };
  worker.send({ type: "open-session", sessionId, ...order, ...over });
  const events = () =>
    worker.messages.flatMap((message) => (message.type === "session" && message.sessionId === sessionId ? [message.event] : []));
  const until = (kind: SessionEvent["kind"]) =>
    vi.waitUntil(() => events().find((event) => event.kind === kind) ?? events().find((event) => event.kind === "closed"));
  return { sessionId, events, until };
}

it("runs a workflow in a browser of the profile's own, which keeps what a saved state cannot", async () => {
  expect(await run([open("unsaved?by=key,service,cache"), shown("all kept")], dedicated).finished).toMatchObject({ status: "succeeded" });
  expect(await readdir(profile())).toEqual(expect.arrayContaining(["user-data", "state.json"]));
  expect(browsersOfFolder()).toEqual([]);
  const isKept = `(async () => (await caches.has("c")) && (await navigator.serviceWorker.getRegistrations()).length === 1)()`;
  const again = await run([open("index"), promised(isKept)], dedicated).finished;
  expect(again).toMatchObject({ status: "succeeded" });
});

it("takes its cookies, storage and databases along from one engine to the other and back, session cookies too", async () => {
  const signIn = [
    open("sign-in"),
    { type: "change", selectors: ["#user"], value: "ann" },
    { type: "change", selectors: ["#password"], value: "correct horse" },
    { ...click("#go"), assertedEvents: [{ type: "navigation" }] },
  ];
  expect(await run([...signIn, ...keep()], shared).finished).toMatchObject({ status: "succeeded" });
  const account = [open("account"), shown("Welcome")];
  expect(await run([...account, ...find()], dedicated).finished).toMatchObject({
    data: { text: "found local session=ann; kept=cookie indexed".replace("session=ann; ", "") },
  });
  // the folder alone would have lost the session's cookie
  expect(await run(account, dedicated).finished).toMatchObject({ status: "succeeded" });
  expect(await run([...account, ...find()], shared).finished).toMatchObject({ data: { text: "found local kept=cookie indexed" } });
});

it("takes along a cookie that a site has for itself in frames of another, from one engine to the other and back", async () => {
  const policy = allowing("127.0.0.1", "localhost");
  const framed = promised(`new Promise((done) => {
    const frame = document.createElement("iframe");
    frame.onload = () => done(true);
    frame.src = "http://localhost:${new URL(site.origin).port}/index";
    document.body.append(frame);
  })`);
  const inFrame = (expression: string) => ({ type: "waitForExpression", frame: [0], expression, timeout: 15_000 });
  const keepIt = inFrame('(document.cookie = "chip=1; Secure; SameSite=None; Partitioned; Path=/; Max-Age=3600"), true');
  const isThere = inFrame('document.cookie.includes("chip=1")');
  const go = (step: object, settings: typeof dedicated | typeof shared) =>
    orderRun(worker, { folder: folder.path, steps: [open("index"), framed, step], settings, policy }).finished;
  expect(await go(keepIt, dedicated)).toMatchObject({ status: "succeeded" });
  const { state } = await loadProfileState(profile());
  expect(state?.cookies).toMatchObject([
    { name: "chip", domain: "localhost", partitionKey: "http://127.0.0.1", _crHasCrossSiteAncestor: true },
  ]);
  for (const engine of [shared, dedicated]) expect(await go(isThere, engine)).toMatchObject({ status: "succeeded" });
});

it("loses nothing that was saved when its browser is killed", async () => {
  const { finished } = run([...keep(), { ...click("#never"), timeout: 30_000 }], dedicated);
  await vi.waitUntil(async () => JSON.stringify((await loadProfileState(profile())).state ?? "").includes('"indexed"'));
  for (const pid of browsersOfFolder()) process.kill(pid, "SIGKILL");
  expect(await finished).toMatchObject({ code: "BROWSER_CRASHED" });
  const found = await run(find(), dedicated).finished;
  expect(found).toMatchObject({ data: { text: "found local kept=cookie indexed" } });
});

it("opens a window that a person can use, in which extensions work, and saves what they did; a run waits its turn", async () => {
  const extension = path.join(profile(), "extensions/mark");
  await mkdir(extension, { recursive: true });
  const script = { matches: ["http://127.0.0.1/*"], js: ["mark.js"] };
  await writeFile(
    path.join(extension, "manifest.json"),
    JSON.stringify({ manifest_version: 3, name: "Mark", version: "1", content_scripts: [script] }),
  );
  await writeFile(
    path.join(extension, "mark.js"),
    'localStorage.setItem("kept", "by the extension"); document.cookie = "kept=cookie; max-age=3600";',
  );
  const session = openSession({ urls: [`${site.origin}/state`] });
  expect(await session.until("opened")).toEqual({ kind: "opened" });
  expect(commandLineOf(browsersOfFolder()[0] ?? 0)).not.toContain("--headless");
  expect(await run(find(), dedicated, { profileWaitMs: 0 }).finished).toMatchObject({ code: "PROFILE_BUSY" });
  await vi.waitUntil(() => site.requests.includes("GET /state"));
  worker.send({ type: "close-session", sessionId: session.sessionId });
  expect(await session.until("closed")).toEqual({ kind: "closed", urls: [`${site.origin}/state`] });
  expect(session.events().some(({ kind }) => kind === "saved")).toBe(true);
  expect(JSON.stringify((await loadProfileState(profile())).state)).toContain("by the extension");
  expect(await run(find(), dedicated).finished).toMatchObject({ data: { text: "found by the extension kept=cookie" } });
});

it("ends the session when the person closes the window", async () => {
  const session = openSession({ urls: [`${site.origin}/state`] });
  expect(await session.until("opened")).toEqual({ kind: "opened" });
  const [browser] = browsersOfFolder();
  process.kill(browser ?? 0, "SIGTERM");
  expect(await session.until("closed")).toMatchObject({ kind: "closed" });
  expect(await run([open("index")], dedicated).finished).toMatchObject({ status: "succeeded" });
});

it("holds a profile open without a window, and says why one cannot be shown", async () => {
  const session = openSession({ window: false, settings: { ...defaultSettings, ...shared }, urls: [`${site.origin}/account`] });
  expect(await session.until("opened")).toEqual({ kind: "opened" });
  worker.send({ type: "close-session", sessionId: session.sessionId });
  expect(await session.until("closed")).toEqual({ kind: "closed", urls: [`${site.origin}/account`] });
  const own = startTestWorker({ DISPLAY: "", WAYLAND_DISPLAY: "" });
  const sessionId = randomUUID();
  const settings = { ...defaultSettings, ...dedicated };
  own.send({
    type: "open-session",
    sessionId,
    profileId: "a",
    profileDir: profile(),
    settings,
    window: true,
    urls: [],
    policy: allowing(),
    proxies: [],
  });
  const said = await own.until((message): message is Extract<typeof message, { type: "session" }> => message.type === "session");
  expect(said.event).toMatchObject({ kind: "closed", code: "DISPLAY_MISSING" });
  await own.stop();
});
