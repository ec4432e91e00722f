import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { chromium } from "playwright-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { findWindowBrowser } from "../browser/find-browser.ts";
import { loadProfileState } from "../browser/profile-store.ts";
import { type PairedHome, pairedHome } from "../connection/testing/paired-home.ts";
import { Journal } from "../journal/journal.ts";
import { ProfileTable } from "../profiles/profile-table.ts";
import { startConnection } from "../testing/connection-process.ts";
import { laptop } from "../testing/devices.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { useChrome } from "../testing/used-chrome.ts";
import { FakeRest } from "./testing/fake-rest.ts";
import { page, proxyView, runner, profile as view } from "./testing/views.ts";

// browsers and key derivations take their time on a busy machine
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let rest: FakeRest;
let paired: PairedHome;
let site: FixtureSite | undefined;

const id = view.id;

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  paired = await pairedHome(rest.url);
  rest.answers["GET /profiles"] = page({ ...view, runnerId: paired.runnerId });
  rest.answers[`GET /profiles/${id}`] = { ...view, runnerId: paired.runnerId, settings: defaultSettings };
  rest.answers[`GET /runners/${paired.runnerId}`] = { ...runner, id: paired.runnerId, signaturesRequired: false };
  rest.answers["POST /profiles/configure"] = { done: true };
});
afterEach(async () => {
  await site?.close();
  site = undefined;
  await rest.close();
  paired.remove();
});

const deskhand = (args: string[], more: { input?: string; env?: Record<string, string> } = {}) =>
  rest.deskhand(["profiles", ...args, "--json"], { ...more, env: { DESKHAND_HOME: paired.home.folder, ...more.env } });
const file = (name: string) => path.join(rest.folder, name);
const profileDir = () => path.join(paired.home.profilesFolder, id);

function put(name: string, content: string): string {
  writeFileSync(file(name), content);
  return file(name);
}
const maker = { seed: "first", os: "linux" as const, platformVersion: "6.8.0", geolocation: null };
const cookiesTxt = "# Netscape HTTP Cookie File\nexample.com\tFALSE\t/\tTRUE\t1999999999\tsid\tabc\n";

describe("on the server's side", () => {
  it("shows a person what a profile is and is like, and names its proxies", async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const proxy = { kind: "chain", proxyIds: [one, other] };
    const shown = { ...view, runnerId: paired.runnerId, tags: ["vip", "eu"], notes: "Ask Bea first", groupName: "Shops" };
    rest.answers[`GET /profiles/${id}`] = { ...shown, settings: { ...defaultSettings, proxy, onMismatch: "block" } };
    rest.answers["GET /proxies"] = page(proxyView({ id: one, name: "Berlin" }), proxyView({ id: other }));
    const { exitCode, out } = await rest.deskhand(["profiles", "show", "Ann"], { env: { DESKHAND_HOME: paired.home.folder } });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/Tags +vip, eu\n/);
    expect(out).toMatch(/Notes +Ask Bea first\n/);
    expect(out).toMatch(/Group +Shops\n/);
    expect(out).toMatch(/Proxy +Berlin, then proxy\.example:1080, blocked when its exit does not fit\n/);
  });

  it("says when there are more than were listed", async () => {
    rest.answers["GET /profiles"] = { items: [view, view], nextCursor: null };
    expect((await deskhand(["list", "--limit", "1"])).last).toEqual({ type: "result", count: 1, more: true });
    expect((await deskhand(["list", "--limit", "2"])).last).toEqual({ type: "result", count: 2, more: false });
    rest.answers["GET /profiles"] = { items: [view], nextCursor: "more" };
    expect((await rest.deskhand(["profiles", "list", "--limit", "1"])).out).toContain("there are more: --limit");
  });

  it("lists, shows, makes, renames, sets up, deletes and restores, each with its request", async () => {
    rest.answers["POST /profiles"] = view;
    rest.answers[`PATCH /profiles/${id}`] = { ...view, name: "Bea" };
    rest.answers[`DELETE /profiles/${id}`] = { done: true };
    rest.answers[`POST /profiles/${id}/restore`] = view;
    expect((await deskhand(["list"])).lines).toMatchObject([
      { type: "profile", profileId: id, name: "Ann" },
      { type: "result", count: 1 },
    ]);
    expect((await deskhand(["show", "Ann"])).last).toMatchObject({ type: "result", profileId: id, settings: { engine: "shared" } });
    expect((await deskhand(["create", "Ann"])).last).toMatchObject({ profileId: id });
    expect((await deskhand(["rename", "Ann", "Bea"])).last).toMatchObject({ name: "Bea" });
    expect((await deskhand(["configure", "Ann", "--engine", "dedicated"])).last).toMatchObject({
      revision: 1,
      settings: { engine: "dedicated" },
    });
    expect((await deskhand(["delete", "Ann"])).last).toMatchObject({ profileId: id, deleted: true });
    expect((await deskhand(["restore", id])).last).toMatchObject({ profileId: id });
    expect(rest.calls.filter(({ route }) => !route.startsWith("GET")).map(({ route, body }) => [route, body])).toEqual([
      ["POST /profiles", { name: "Ann", runnerId: paired.runnerId }],
      [`PATCH /profiles/${id}`, { name: "Bea" }],
      [
        "POST /profiles/configure",
        expect.objectContaining({ profiles: [{ profileId: id, revision: 1, settings: { ...defaultSettings, engine: "dedicated" } }] }),
      ],
      [`DELETE /profiles/${id}`, {}],
      [`POST /profiles/${id}/restore`, {}],
    ]);
  });

  it("brings what a folder holds over before the engine is changed, and says what stays behind", async () => {
    const settings = { ...defaultSettings, engine: "dedicated" };
    rest.answers[`GET /profiles/${id}`] = { ...view, runnerId: paired.runnerId, settings };
    const task = {
      id: randomUUID(),
      runnerId: paired.runnerId,
      kind: "profile.convert",
      createdAt: view.createdAt,
      finishedAt: view.createdAt,
    };
    rest.answers[`POST /profiles/${id}/orders`] = { id: task.id };
    rest.answers[`GET /tasks/${task.id}`] = { ...task, state: "failed", failureCode: "PROFILE_BUSY", result: null };
    expect(await deskhand(["configure", "Ann", "--engine", "shared"])).toMatchObject({ exitCode: 3, last: { code: "PROFILE_BUSY" } });
    expect(rest.calls.map(({ route }) => route)).not.toContain("POST /profiles/configure");
    const staysBehind = ["crypto-key", "http-cache", "extensions"];
    const result = { from: "dedicated", to: "shared", staysBehind };
    rest.answers[`GET /tasks/${task.id}`] = { ...task, state: "succeeded", failureCode: null, result };
    expect((await deskhand(["configure", "Ann", "--engine", "shared"])).last).toMatchObject({
      settings: { engine: "shared" },
      staysBehind,
    });
    const ordered = rest.calls.filter(({ route }) => route.startsWith("POST")).slice(-2);
    expect(ordered.map(({ route, body }) => [route, body.order])).toEqual([
      [`POST /profiles/${id}/orders`, { kind: "convert", to: "shared" }],
      ["POST /profiles/configure", undefined],
    ]);
    rest.answers[`GET /profiles/${id}`] = { ...view, runnerId: paired.runnerId, settings: defaultSettings };
    expect((await deskhand(["configure", "Ann", "--engine", "dedicated"])).last).toMatchObject({ staysBehind: [] });
  });

  it("starts and stops many, tells each that could not be, and waits for what came of it", async () => {
    const other = randomUUID();
    const task = { id: randomUUID(), runnerId: paired.runnerId, kind: "profiles.open", failureCode: null, createdAt: view.createdAt };
    const settings = { settings: defaultSettings, revision: 0, inUse: false, runnerId: paired.runnerId };
    const items = [
      { id, name: "Ann", ...settings },
      { id: other, name: "Bea", ...settings },
    ];
    const ordered = { tasks: [{ id: task.id, runnerId: paired.runnerId, profiles: 2 }], refused: [] };
    const failed = [{ id: other, code: "PROFILE_BUSY" }];
    rest.answers["POST /profiles/many/find"] = { items, next: null };
    rest.answers["POST /profiles/many/open"] = ordered;
    rest.answers["POST /profiles/many/close"] = ordered;
    const result = { done: 1, hibernating: 1, failed };
    rest.answers[`GET /tasks/${task.id}`] = { ...task, state: "failed", result, finishedAt: view.createdAt };
    const started = await deskhand(["start", "--tag", "warm"]);
    expect(started).toMatchObject({ exitCode: 1, last: { type: "result", done: 1, hibernating: 1, failed: 1, unanswered: 0 } });
    expect(started.lines).toContainEqual({ type: "failed", profileId: other, name: "Bea", code: "PROFILE_BUSY" });
    expect(rest.calls.find(({ route }) => route === "POST /profiles/many/find")?.body).toEqual({ filter: { tags: ["warm"] } });
    rest.answers[`GET /tasks/${task.id}`] = {
      ...task,
      state: "succeeded",
      result: { ...result, done: 2, failed: [] },
      finishedAt: view.createdAt,
    };
    expect(await deskhand(["stop", "--all"])).toMatchObject({ exitCode: 0, last: { done: 2, failed: 0 } });
    expect(await deskhand(["start"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });

  it("says what is not right, with the exit code for it", async () => {
    expect(await deskhand(["configure", "Ann", "--engine", "steam"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand(["restore", "Ann"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand(["show", "Nobody"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand(["list", "--limit", "0"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });
});

describe("on this computer", () => {
  it("imports and exports each format by the id alone, without a server", async () => {
    const env = { DESKHAND_API_KEY: "", DESKHAND_URL: "http://127.0.0.1:1" };
    const imported = await deskhand(["import", id, put("cookies.txt", cookiesTxt)], { env });
    expect(imported).toMatchObject({ exitCode: 0, last: { type: "result", format: "cookies-txt", cookies: 1 } });
    expect((await loadProfileState(profileDir())).state?.cookies).toMatchObject([{ name: "sid", value: "abc" }]);
    for (const format of ["storage-state", "cookies-txt", "cookies-json"]) {
      const to = file(`out.${format}`);
      expect(await deskhand(["export", id, to, "--format", format], { env })).toMatchObject({ exitCode: 0, last: { format, cookies: 1 } });
      expect(statSync(to).mode & 0o777).toBe(0o600);
      expect(await deskhand(["import", id, to, "--replace"], { env })).toMatchObject({ exitCode: 0, last: { format, cookies: 1 } });
    }
    expect((await deskhand(["states", id], { env })).last).toMatchObject({ count: 4 });
    expect((await deskhand(["restore-state", id, "1"], { env })).last).toMatchObject({ version: 5, cookies: 1 });
    expect(await deskhand(["restore-state", id, "77"], { env })).toMatchObject({ exitCode: 2 });
  });

  it("has the runner know, when it starts, what a state that was put back or replaced has settled", async () => {
    const told = <T>(work: (table: ProfileTable) => T): T => {
      const journal = new Journal(paired.home.journalFile);
      try {
        return work(new ProfileTable(journal));
      } finally {
        journal.close();
      }
    };
    await deskhand(["import", id, put("cookies.txt", cookiesTxt)]);
    const all = ["blob", "proxy-mismatch", "state-restored"];
    told((table) => table.noteFlags(id, all));
    await deskhand(["import", id, file("cookies.txt")]);
    expect(told((table) => table.facts(id).flags)).toEqual(all);
    await deskhand(["restore-state", id, "1"]);
    expect(told((table) => table.facts(id).flags)).toEqual(["blob", "proxy-mismatch"]);
    await deskhand(["import", id, file("cookies.txt"), "--replace"]);
    expect(told((table) => table.facts(id))).toMatchObject({ flags: ["proxy-mismatch"], stateBytes: expect.any(Number) });
  });

  it("exports without a server with what the runner knows of the profile, and says so when it knows nothing", async () => {
    const env = { DESKHAND_API_KEY: "", DESKHAND_URL: "http://127.0.0.1:1", DESKHAND_PASSPHRASE: "correct horse" };
    await deskhand(["import", id, put("cookies.txt", cookiesTxt)], { env });
    const settingsIn = async (name: string) => {
      await deskhand(["import", id, file(name)], { env: { DESKHAND_PASSPHRASE: "correct horse" } });
      return rest.calls.findLast(({ route }) => route === "POST /profiles/configure")?.body;
    };
    const bare = await deskhand(["export", id, file("bare.age")], { env });
    expect(bare).toMatchObject({ exitCode: 0, last: { settingsFrom: "disk" } });
    const journal = new Journal(paired.home.journalFile);
    const settings = { ...defaultSettings, onMismatch: "block" as const, identity: { ...laptop, ...maker } };
    new ProfileTable(journal).configure([{ profileId: id, revision: 4, settings }]);
    journal.close();
    expect(await deskhand(["export", id, file("whole.age")], { env })).toMatchObject({ exitCode: 0, last: { settingsFrom: "runner" } });
    expect(await settingsIn("whole.age")).toMatchObject({ profiles: [{ settings: { onMismatch: "block", identity: { seed: "first" } } }] });
  }, 60_000);

  it("seals a bundle to each recipient that is named", async () => {
    await deskhand(["import", id, put("cookies.txt", cookiesTxt)]);
    const keys = [await generateX25519Identity(), await generateX25519Identity()];
    const named = (await Promise.all(keys.map(identityToRecipient))).flatMap((recipient) => ["--recipient", recipient]);
    expect(await deskhand(["export", ...named, "Ann", file("ann.age")])).toMatchObject({ exitCode: 0, last: { cookies: 1 } });
    for (const key of keys) {
      const decrypter = new Decrypter();
      decrypter.addIdentity(key);
      expect(await decrypter.decrypt(readFileSync(file("ann.age")))).toBeInstanceOf(Uint8Array);
    }
  });

  it("exports many into a folder, a bundle each under one passphrase, and tells of each that could not be", async () => {
    await deskhand(["import", id, put("cookies.txt", cookiesTxt)]);
    const target = { id, name: "Ann", runnerId: paired.runnerId, revision: 0, settings: defaultSettings, inUse: false };
    const unused = { ...target, id: randomUUID(), name: "Shop: 1/2" };
    rest.answers["POST /profiles/many/find"] = { items: [target, unused], next: null };
    const folder = file("out");
    const all = ["export", "--all", folder];
    expect(await deskhand(all, { input: "correct horse\n" })).toMatchObject({
      exitCode: 1,
      lines: [
        { type: "exported", profileId: id, name: "Ann", file: path.join(folder, "Ann.deskhand.age"), cookies: 1 },
        { type: "failed", profileId: unused.id, name: "Shop: 1/2", code: "EXPORT_EMPTY" },
        { type: "result", done: 1, failed: 1, folder },
      ],
    });
    expect(readdirSync(folder)).toEqual(["Ann.deskhand.age"]);
    const back = await deskhand(["import", "Ann", path.join(folder, "Ann.deskhand.age")], { input: "correct horse" });
    expect(back).toMatchObject({ exitCode: 0, last: { cookies: 1 } });

    await deskhand(["import", unused.id, file("cookies.txt")]);
    expect((await deskhand(all, { input: "correct horse" })).lines).toMatchObject([{ code: "USAGE" }, { type: "exported" }, { done: 1 }]);
    expect(readdirSync(folder)).toEqual(["Ann.deskhand.age", "Shop_ 1_2.deskhand.age"]);
    const tagged = ["export", "--tag", "x", "--tag", "y", folder, "--force", "--format", "cookies-txt"];
    expect(await deskhand(tagged)).toMatchObject({ exitCode: 0, last: { done: 2, failed: 0 } });
    expect(rest.calls.findLast(({ route }) => route === "POST /profiles/many/find")?.body).toMatchObject({ filter: { tags: ["x", "y"] } });
    expect(await deskhand(["export", "Ann", folder, "--force"], { input: "correct horse" })).toMatchObject({ last: { done: 2 } });
    expect(await deskhand(["export", "--all", "Ann", folder])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand(["export", "Ann"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  }, 60_000);

  it("tells each wrong line, and imports nothing of the file", async () => {
    const { exitCode, lines } = await deskhand(["import", id, put("bad.txt", `${cookiesTxt}a\tb\nc\td\n`)]);
    expect(exitCode).toBe(2);
    expect(lines).toMatchObject([
      { type: "problem", where: "line 3" },
      { type: "problem", where: "line 4" },
      { type: "error", code: "IMPORT_REFUSED" },
    ]);
    expect((await loadProfileState(profileDir())).state).toBeUndefined();
    expect(await deskhand(["import", id, file("missing")])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });

  it("exports a bundle under a passphrase that stands on no command line, and imports it with what it was like", async () => {
    await deskhand(["import", id, put("cookies.txt", cookiesTxt)]);
    expect(await deskhand(["export", "Ann", file("ann.age")])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand(["export", "Ann", file("ann.age")], { input: "correct horse\n" })).toMatchObject({ exitCode: 0 });
    expect(readFileSync(file("ann.age"), "latin1")).not.toContain("abc");
    expect(await deskhand(["export", "Ann", file("ann.age")], { input: "x" })).toMatchObject({ exitCode: 2 });
    expect(await deskhand(["import", "Ann", file("ann.age")], { input: "wrong" })).toMatchObject({
      exitCode: 2,
      last: { code: "BUNDLE_LOCKED" },
    });
    const imported = await deskhand(["import", "Ann", file("ann.age")], { env: { DESKHAND_PASSPHRASE: "correct horse" } });
    expect(imported).toMatchObject({ exitCode: 0, last: { format: "bundle", cookies: 1, configured: true } });
  }, 60_000);
});

/** A Chrome that a person has used: signed in, with something in its local storage. */
async function usedChrome(executablePath: string): Promise<string> {
  site = await startFixtureSite();
  const { origin } = site;
  return useChrome(executablePath, file("chrome"), async (opened) => {
    await opened.goto(origin);
    await opened.context().addCookies([{ name: "session", value: "ann", url: origin, expires: 1_999_999_999 }]);
    await opened.goto(`${origin}/account`);
  });
}

describe("the folder of a Chrome", () => {
  const chrome = findWindowBrowser() ?? "";

  it.runIf(chrome)(
    "is taken in with its sign-ins, without its caches, and opens with an engine of its own",
    async () => {
      const folder = await usedChrome(chrome);
      const imported = await deskhand(["import", "Ann", folder]);
      expect(imported).toMatchObject({ exitCode: 0, last: { chromeProfile: "Default", configured: true, cookies: { locked: 0 } } });
      expect(imported.last.cookies.count).toBeGreaterThan(0);
      expect(rest.calls.at(-1)?.body).toMatchObject({ profiles: [{ settings: { engine: "dedicated" } }] });
      expect(existsSync(path.join(profileDir(), "user-data/Default/Preferences"))).toBe(true);
      for (const gone of ["user-data/SingletonLock", "user-data/Default/Cache", "user-data/Default/Code Cache"])
        expect(existsSync(path.join(profileDir(), gone))).toBe(false);
      const connection = startConnection({ profileDir: profileDir(), settings: { ...defaultSettings, engine: "dedicated" } });
      const browser = await chromium.connectOverCDP((await connection.ready).ws);
      const opened = await browser.contexts()[0]?.newPage();
      await opened?.goto(`${site?.origin}/account`);
      expect(await opened?.locator("h1").textContent()).toBe("Welcome");
      expect(await opened?.locator("#visits").textContent()).toBe("2");
      await browser.close();
      connection.send({ type: "close" });
      await connection.ended;
    },
    90_000,
  );

  function made(profiles: Record<string, { name: string }>): string {
    for (const name of Object.keys(profiles)) {
      mkdirSync(file(`made/${name}`), { recursive: true });
      writeFileSync(file(`made/${name}/Preferences`), "{}");
    }
    writeFileSync(file("made/Local State"), JSON.stringify({ profile: { info_cache: profiles } }));
    return file("made");
  }

  it("has to be one, and one that nobody uses now", async () => {
    mkdirSync(file("empty"));
    expect(await deskhand(["import", id, file("empty")])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    const folder = made({ Default: { name: "Ann" } });
    symlinkSync(`${os.hostname()}-${process.pid}`, path.join(folder, "SingletonLock"));
    expect(await deskhand(["import", id, folder])).toMatchObject({ exitCode: 3, last: { code: "CHROME_RUNNING" } });
    expect(existsSync(path.join(profileDir(), "user-data"))).toBe(false);
  });

  it("with several profiles wants one of them named, as Chrome calls it or by its folder", async () => {
    const folder = made({ Default: { name: "Ann" }, "Profile 1": { name: "Work" } });
    const asked = await deskhand(["import", id, folder]);
    expect(asked).toMatchObject({
      exitCode: 2,
      last: {
        details: {
          choices: [
            { folder: "Default", name: "Ann" },
            { folder: "Profile 1", name: "Work" },
          ],
        },
      },
    });
    expect((await deskhand(["import", id, folder, "--chrome-profile", "Work"])).last).toMatchObject({ chromeProfile: "Profile 1" });
  });
});
