import { mkdir } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { expect, it, vi } from "vitest";
import { loadProfileState, saveProfileState } from "../../browser/profile-store.ts";
import { orderRun, promised, shown } from "../../testing/worker.ts";
import { openWorkerBed } from "../../testing/worker-bed.ts";
import { exportProfile } from "../export-profile.ts";
import { importProfile } from "../import-profile.ts";

vi.setConfig({ testTimeout: 120_000 });

const bed = openWorkerBed();
const settings = { ...defaultSettings, engine: "dedicated" as const };
const dirOf = (profile: string) => path.join(bed.folder.path, "profiles", profile);
const visit = (page: string) => ({ type: "navigate", url: `${bed.site.origin}/${page}` });
const holds = (expression: string) => ({ type: "waitForExpression", expression, timeout: 15_000 });
const run = (profile: string, steps: unknown[]) => orderRun(bed.worker, { folder: bed.folder.path, profile, steps, settings }).finished;
const keep = () => [visit("unsaved?by=key,service"), shown("all kept")];
const isKept = `(async () => {
  const done = (request) => new Promise((resolve) => { request.onsuccess = () => resolve(request.result); });
  const database = await done(indexedDB.open("db", 1));
  const key = await done(database.transaction("kv").objectStore("kv").get("key"));
  return key instanceof CryptoKey && (await navigator.serviceWorker.getRegistrations()).length === 1;
})()`;

async function bundled(from: string, to: string): Promise<void> {
  const lock = { passphrase: "correct horse" };
  let bundle = Buffer.alloc(0);
  await exportProfile({ profileDir: dirOf(from), settings, name: from, format: "bundle", lock, now: Date.now() }, async (file) => {
    bundle = await buffer(file);
  });
  await mkdir(dirOf(to), { recursive: true });
  await importProfile(Readable.from([bundle]), { profileDir: dirOf(to), mode: "replace", keys: lock });
}

it("what only a browser's own folder holds is there where its bundle was taken in", async () => {
  expect(await run("a", keep())).toMatchObject({ status: "succeeded" });
  await bundled("a", "b");
  expect(await run("b", [visit("index"), promised(isKept)])).toMatchObject({ status: "succeeded" });
});

it("a state that was newer than the folder goes before it there too", async () => {
  expect(await run("a", keep())).toMatchObject({ status: "succeeded" });
  const { state } = await loadProfileState(dirOf("a"));
  const stored = [{ origin: bed.site.origin, localStorage: [{ name: "kept", value: "newer" }] }];
  await saveProfileState(dirOf("a"), { cookies: state?.cookies ?? [], origins: stored });
  await bundled("a", "b");
  expect(await run("b", [visit("index"), holds('localStorage.getItem("kept") === "newer"')])).toMatchObject({ status: "succeeded" });
});
