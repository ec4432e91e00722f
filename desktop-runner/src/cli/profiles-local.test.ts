import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { Decrypter, generateX25519Identity, identityToRecipient } from "age-encryption";
import { chromium } from "playwright-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { findWindowBrowser } from "../browser/find-browser.ts";
import { loadProfileState } from "../browser/profile-store.ts";
import { Journal } from "../journal/journal.ts";
import { ProfileTable } from "../profiles/profile-table.ts";
import { startConnection } from "../testing/connection-process.ts";
import { laptop } from "../testing/devices.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { useChrome } from "../testing/used-chrome.ts";
import { usePairedCli } from "./testing/paired-cli.ts";
import { profile as view } from "./testing/views.ts";

// browsers and key derivations take their time on a busy machine
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const { id } = view;
const bed = usePairedCli();
const { deskhand, file, profileDir, put } = bed;
const maker = { seed: "first", os: "linux" as const, platformVersion: "6.8.0", geolocation: null };
const cookiesTxt = "# Netscape HTTP Cookie File\nexample.com\tFALSE\t/\tTRUE\t1999999999\tsid\tabc\n";

let site: FixtureSite | undefined;
afterEach(async () => {
  await site?.close();
  site = undefined;
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
      const journal = new Journal(bed.paired.home.journalFile);
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
      return bed.rest.calls.findLast(({ route }) => route === "POST /profiles/configure")?.body;
    };
    const bare = await deskhand(["export", id, file("bare.age")], { env });
    expect(bare).toMatchObject({ exitCode: 0, last: { settingsFrom: "disk" } });
    const journal = new Journal(bed.paired.home.journalFile);
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
    const target = { id, name: "Ann", runnerId: bed.paired.runnerId, revision: 0, settings: defaultSettings, inUse: false };
    const unused = { ...target, id: randomUUID(), name: "Shop: 1/2" };
    bed.rest.answers["POST /profiles/many/find"] = { items: [target, unused], next: null };
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
    expect(bed.rest.calls.findLast(({ route }) => route === "POST /profiles/many/find")?.body).toMatchObject({
      filter: { tags: ["x", "y"] },
    });
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
      expect(bed.rest.calls.at(-1)?.body).toMatchObject({ profiles: [{ settings: { engine: "dedicated" } }] });
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
