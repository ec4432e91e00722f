import { createHash, randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { gzipSync } from "node:zlib";
import type { ProfileStateData } from "@deskhand/shared/formats/profile-state";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { generateX25519Identity, identityToRecipient } from "age-encryption";
import { pack } from "tar-stream";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openStream, sealStream } from "./age-streams.ts";
import type { BundleKeys, BundleLock } from "./bundle-format.ts";
import { readBundle } from "./read-bundle.ts";
import { type BundleContent, writeBundle } from "./write-bundle.ts";

let folder: string;
let identity: string;
let recipient: string;

beforeEach(async () => {
  folder = mkdtempSync(path.join(os.tmpdir(), "deskhand-bundle-"));
  identity = await generateX25519Identity();
  recipient = await identityToRecipient(identity);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const state: ProfileStateData = {
  cookies: [{ name: "sid", value: "abc", domain: "a.com", path: "/", expires: -1, httpOnly: true, secure: true, sameSite: "Lax" }],
  origins: [{ origin: "https://a.com", localStorage: [{ name: "n", value: "v" }] }],
};
const content = (more: Partial<BundleContent> = {}): BundleContent => ({
  name: "Shop",
  createdAt: 1_700_000_000_000,
  settings: defaultSettings,
  state,
  userData: undefined,
  ...more,
});

function userData(): string {
  const made = path.join(folder, "given");
  mkdirSync(path.join(made, "Default/Local Storage"), { recursive: true });
  mkdirSync(path.join(made, "Default/Cache"), { recursive: true });
  writeFileSync(path.join(made, "Default/Cookies"), randomBytes(300_000));
  writeFileSync(path.join(made, "Default/Local Storage/000003.log"), "");
  writeFileSync(path.join(made, "Default/Cache/data_0"), "cached");
  writeFileSync(path.join(made, "Local State"), "{}");
  symlinkSync("host-1", path.join(made, "SingletonLock"));
  return made;
}

const made = async (given: BundleContent, lock: BundleLock) => buffer(await writeBundle(given, lock));

async function read(bundle: Buffer, keys: BundleKeys, maxBytes = 10_000_000) {
  const into = mkdtempSync(path.join(folder, "into-"));
  return readBundle(await openStream(Readable.from([bundle]), keys), into, { maxBytes });
}

describe("a bundle", () => {
  test("comes out as it went in, for whoever has the identity", async () => {
    const given = userData();
    const bundle = await made(content({ settings: { ...defaultSettings, engine: "dedicated" }, userData: given }), {
      recipients: [recipient],
    });
    const out = await read(bundle, { identity });
    expect(out).toMatchObject({
      header: { name: "Shop", version: 1, createdAt: "2023-11-14T22:13:20.000Z" },
      settings: { engine: "dedicated" },
      state,
    });
    const files = readdirSync(out.userData ?? "", { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    expect(files.map(({ name }) => name).sort()).toEqual(["000003.log", "Cookies", "Local State"]);
    expect(readFileSync(path.join(out.userData ?? "", "Default/Cookies"))).toEqual(readFileSync(path.join(given, "Default/Cookies")));
  });

  test("opens with its passphrase and no other, nor with another identity", async () => {
    const bundle = await made(content(), { passphrase: "correct horse" });
    expect(await read(bundle, { passphrase: "correct horse" })).toMatchObject({ state, userData: undefined });
    await expect(read(bundle, { passphrase: "wrong" })).rejects.toMatchObject({ code: "BUNDLE_LOCKED" });
    await expect(read(bundle, { identity })).rejects.toMatchObject({ code: "BUNDLE_LOCKED" });
    const other = await made(content(), { recipients: [recipient] });
    await expect(read(other, { identity: await generateX25519Identity() })).rejects.toMatchObject({ code: "BUNDLE_LOCKED" });
  });

  test("that is cut off anywhere, or changed anywhere, is refused", async () => {
    const bundle = await made(content({ userData: userData() }), { recipients: [recipient] });
    for (const end of [bundle.length - 1, bundle.length - 17, 200_000, 65_536 + 200, 500, 300]) {
      await expect(read(bundle.subarray(0, end), { identity }), `cut at ${end}`).rejects.toMatchObject({
        code: expect.stringMatching(/^BUNDLE_(DAMAGED|INVALID)$/),
      });
    }
    for (const at of [bundle.length - 1, 150_000, 400]) {
      const changed = Buffer.from(bundle);
      changed[at] = (changed[at] ?? 0) ^ 1;
      await expect(read(changed, { identity }), `changed at ${at}`).rejects.toMatchObject({ code: "BUNDLE_DAMAGED" });
    }
  });

  test("that is none is refused", async () => {
    await expect(read(Buffer.from("hello"), { identity })).rejects.toMatchObject({ code: "BUNDLE_INVALID" });
    const sealed = await buffer(await sealStream(Readable.from([Buffer.from("hello")]), { recipients: [recipient] }));
    await expect(read(sealed, { identity })).rejects.toMatchObject({ code: "BUNDLE_DAMAGED" });
  });

  test("that is larger than it may be is refused before it is written", async () => {
    const bundle = await made(content({ userData: userData() }), { recipients: [recipient] });
    await expect(read(bundle, { identity }, 100_000)).rejects.toMatchObject({ code: "BUNDLE_TOO_LARGE" });
  });

  test("is an error of the stream when a file of it cannot be read", async () => {
    await expect(made(content({ userData: "/dev/null/x" }), { recipients: [recipient] })).rejects.toThrow();
  });
});

/** A bundle from somebody who does not mean well: whatever parts they like, sealed rightly. */
async function forged(parts: [name: string, text: string][], manifest = true): Promise<Buffer> {
  const tar = pack();
  for (const [name, text] of parts) tar.entry({ name }, text);
  const hash = (text: string) => createHash("sha256").update(text).digest("hex");
  if (manifest)
    tar.entry(
      { name: "manifest.json" },
      JSON.stringify({ parts: parts.map(([name, text]) => ({ name, bytes: text.length, sha256: hash(text) })) }),
    );
  tar.finalize();
  return buffer(await sealStream(Readable.from([gzipSync(await buffer(tar))]), { recipients: [recipient] }));
}

describe("what others sealed", () => {
  const header: [string, string] = [
    "deskhand.json",
    JSON.stringify({ format: "deskhand-profile", version: 1, createdAt: "2026-01-01T00:00:00.000Z", name: null }),
  ];
  const settings: [string, string] = ["settings.json", '{"engine":"shared"}'];

  test("is read when it is a bundle", async () => {
    expect(await read(await forged([header, settings]), { identity })).toMatchObject({ header: { name: null }, state: undefined });
  });

  test("by a newer Deskhand is told as that, whatever else is in it", async () => {
    const newer: [string, string] = ["deskhand.json", JSON.stringify({ format: "deskhand-profile", version: 2, sealed: true })];
    await expect(read(await forged([newer, ["what.bin", "?"]]), { identity })).rejects.toMatchObject({ code: "BUNDLE_NEWER" });
  });

  test.each(["user-data/../../escape", "user-data//x", "user-data/a\\..\\b", "user-data/c:x", "user-data/."])(
    "with the name %s leaves its folder nowhere",
    async (name) => {
      await expect(read(await forged([header, settings, [name, "x"]]), { identity })).rejects.toMatchObject({ code: "BUNDLE_INVALID" });
      expect(readdirSync(folder).filter((entry) => entry.includes("escape"))).toEqual([]);
    },
  );

  test("without its manifest, with a part that is not in it, or without its header is refused", async () => {
    await expect(read(await forged([header, settings], false), { identity })).rejects.toMatchObject({ code: "BUNDLE_DAMAGED" });
    await expect(read(await forged([settings, header]), { identity })).rejects.toMatchObject({ code: "BUNDLE_INVALID" });
    await expect(read(await forged([header, settings, ["manifest.json", '{"parts":[]}']], false), { identity })).rejects.toMatchObject({
      code: "BUNDLE_DAMAGED",
    });
  });
});
