import { generateKeyPairSync, randomUUID } from "node:crypto";
import { copyFile, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import path from "node:path";
import * as z from "zod";
import { extensionsFolder, extensionsOf } from "../browser/extensions.ts";
import { lockProfile } from "../browser/profile-store.ts";

/** Of one extension. */
const maxFiles = 20_000;
const maxBytes = 500 * 1024 * 1024;
const maxNameLength = 60;
const adding = "extension-";
/** What stores and archives put beside an extension, and a browser does not load it with. */
const besides = new Set(["_metadata", "__MACOSX", ".git", ".DS_Store"]);
/** Names that a browser takes at the top of an extension, of those that begin with "_". */
const ownNames = new Set(["_locales", "_platform_specific"]);

const manifestSchema = z.looseObject({
  manifest_version: z.literal(3, "manifest_version has to be 3."),
  name: z.string("name is missing.").min(1, "name is missing.").max(500, "name is too long."),
  version: z.string("version is missing.").regex(/^\d+(\.\d+){0,3}$/, "version has to be like 1.2.3."),
  key: z.string("key is not a text.").optional(),
});
type Manifest = z.infer<typeof manifestSchema>;

export type Extension = {
  /** Its folder's name in the profile, by which it is removed. */
  folder: string;
  name: string;
  version: string;
};

export type ExtensionRefusal = "NOT_AN_EXTENSION" | "EXTENSION_TOO_LARGE" | "EXTENSION_UNKNOWN" | "PROFILE_BUSY";

/** Nothing was changed. */
export class ExtensionError extends Error {
  readonly code: ExtensionRefusal;

  /** `message`: what is wrong with it, in words. */
  constructor(code: ExtensionRefusal, message = "") {
    super(message);
    this.code = code;
  }
}

/** The extensions of a profile, by name. Those that no browser could load are left out. */
export async function listExtensions(profileDir: string): Promise<Extension[]> {
  const read = await Promise.all(
    extensionsOf(profileDir).map(async (folder) => {
      const manifest = await readManifest(folder).catch(() => undefined);
      return manifest && [await factsOf(folder, manifest)];
    }),
  );
  return read.flatMap((found) => found ?? []).sort((a, b) => a.name.localeCompare(b.name));
}

/**
 * Copies an unpacked extension into the profile, in the place of one from a folder of the same name. Its id, and with it what it keeps, stays the
 * same wherever the profile goes: a manifest without a key is given one. @throws ExtensionError; errors of the disk
 */
export async function addExtension(profileDir: string, source: string): Promise<Extension> {
  const manifest = await readManifest(source);
  const files = await checkedFiles(source);
  const lock = await lockProfile(profileDir);
  if (!lock) throw new ExtensionError("PROFILE_BUSY");
  const made = path.join(profileDir, `${adding}${randomUUID()}.tmp`);
  try {
    // what a command left that was broken off
    for (const name of await readdir(profileDir)) {
      if (name.startsWith(adding)) await rm(path.join(profileDir, name), { recursive: true, force: true });
    }
    const place = path.join(profileDir, extensionsFolder, folderName(source));
    await mkdir(made, { recursive: true, mode: 0o700 });
    for (const name of files) {
      const to = path.join(made, "new", name);
      await mkdir(path.dirname(to), { recursive: true, mode: 0o700 });
      await copyFile(path.join(source, name), to);
    }
    const before = await readManifest(place).catch(() => undefined);
    const whole = { ...manifest, key: manifest.key ?? before?.key ?? newKey() };
    await writeFile(path.join(made, "new/manifest.json"), JSON.stringify(whole, null, 2), { mode: 0o600 });
    await mkdir(path.dirname(place), { recursive: true, mode: 0o700 });
    const aside = path.join(made, "before");
    const hadOne = await rename(place, aside).then(
      () => true,
      () => false,
    );
    await rename(path.join(made, "new"), place).catch(async (error) => {
      if (hadOne) await rename(aside, place);
      throw error;
    });
    return await factsOf(place, whole);
  } finally {
    await rm(made, { recursive: true, force: true });
    await lock.release();
  }
}

/** @throws ExtensionError EXTENSION_UNKNOWN, PROFILE_BUSY; errors of the disk */
export async function removeExtension(profileDir: string, folder: string): Promise<void> {
  const place = extensionsOf(profileDir).find((one) => path.basename(one) === folder);
  if (!place) throw new ExtensionError("EXTENSION_UNKNOWN");
  const lock = await lockProfile(profileDir);
  if (!lock) throw new ExtensionError("PROFILE_BUSY");
  try {
    await rm(place, { recursive: true, force: true });
  } finally {
    await lock.release();
  }
}

async function readManifest(folder: string): Promise<Manifest> {
  let raw: unknown;
  try {
    // some editors begin a file with a mark of its encoding
    raw = JSON.parse((await readFile(path.join(folder, "manifest.json"), "utf8")).replace(/^\uFEFF/, ""));
  } catch (error) {
    const isMissing = ["ENOENT", "ENOTDIR"].includes((error as NodeJS.ErrnoException).code ?? "");
    throw new ExtensionError("NOT_AN_EXTENSION", isMissing ? "There is no manifest.json in it." : "Its manifest.json is not JSON.");
  }
  const read = manifestSchema.safeParse(raw);
  if (!read.success) throw new ExtensionError("NOT_AN_EXTENSION", `In its manifest.json: ${read.error.issues[0]?.message ?? ""}`);
  return read.data;
}

/** @throws ExtensionError when it is too large, or has what a browser or a system does not take */
async function checkedFiles(source: string): Promise<string[]> {
  const names: string[] = [];
  let bytes = 0;
  for await (const name of extensionFiles(source)) {
    const [top = ""] = name.split("/");
    if (top.startsWith("_") && !ownNames.has(top))
      throw new ExtensionError("NOT_AN_EXTENSION", `A browser refuses names that begin with "_", like its ${top}.`);
    if (/[\\:]/.test(name)) throw new ExtensionError("NOT_AN_EXTENSION", `Not every system can keep a file called ${name}.`);
    bytes += (await stat(path.join(source, name))).size;
    names.push(name);
    if (names.length > maxFiles || bytes > maxBytes) throw new ExtensionError("EXTENSION_TOO_LARGE");
  }
  return names;
}

/** The files of one extension, with "/" between folders. Links are passed over: they would lead out of the profile. */
export async function* extensionFiles(folder: string, below = ""): AsyncGenerator<string> {
  for (const entry of await readdir(path.join(folder, below), { withFileTypes: true })) {
    if (besides.has(entry.name)) continue;
    const name = below === "" ? entry.name : `${below}/${entry.name}`;
    if (entry.isDirectory()) yield* extensionFiles(folder, name);
    else if (entry.isFile()) yield name;
  }
}

/** As the source's own, of what every system and a browser's command line take. */
function folderName(source: string): string {
  const name = path
    .basename(path.resolve(source))
    .replace(/[^\p{L}\p{N}._-]+/gu, "-")
    .replace(/^[.-]+|[.-]+$/g, "")
    .slice(0, maxNameLength);
  return name || "extension";
}

/** A public key, of whose hash a browser makes the id; without one it makes it of the folder's place. Nothing is ever signed with it. */
function newKey(): string {
  return generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey.export({ type: "spki", format: "der" }).toString("base64");
}

/** A name that is to be translated is told in the extension's own language. */
async function factsOf(folder: string, { name, version, ...rest }: Manifest): Promise<Extension> {
  const facts = { folder: path.basename(folder), version };
  const [, key] = /^__MSG_(\w+)__$/.exec(name) ?? [];
  const locale = rest.default_locale;
  if (!key || typeof locale !== "string" || !/^\w+$/.test(locale)) return { ...facts, name };
  const text = await readFile(path.join(folder, "_locales", locale, "messages.json"), "utf8").catch(() => "{}");
  try {
    const messages = Object.entries(JSON.parse(text) as Record<string, { message?: unknown }>);
    const message = messages.find(([known]) => known.toLowerCase() === key.toLowerCase())?.[1].message;
    return { ...facts, name: typeof message === "string" ? message : name };
  } catch {
    return { ...facts, name };
  }
}
