import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import type { ProfileStateData } from "@deskhand/shared/formats/profile-state";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { type Pack, pack } from "tar-stream";
import { extensionFiles } from "../extensions.ts";
import { userDataFiles } from "../user-data-files.ts";
import { sealStream } from "./age-streams.ts";
import {
  BUNDLE_VERSION,
  type BundleHeader,
  type BundleLock,
  type BundlePart,
  extensionsPart,
  headerPart,
  manifestPart,
  settingsPart,
  statePart,
  userDataPart,
} from "./bundle-format.ts";

export type BundleContent = {
  name: string | null;
  /** Milliseconds since the epoch. */
  createdAt: number;
  settings: ProfileSettings;
  move?: BundleHeader["move"];
  state: ProfileStateData | undefined;
  /** The browser's own folder, of a profile that has one; nobody may write there meanwhile. */
  userData: string | undefined;
  /** How that folder stands to the state. */
  folder?: BundleHeader["folder"];
  /** Folders of its extensions. */
  extensions?: readonly string[];
};

/**
 * A profile as one sealed file: a tar, compressed and sealed by age, whose first part says what it is and whose last has the hashes of the
 * others. Nothing is held in memory but the piece under way. An error while it is made ends the stream with it.
 */
export async function writeBundle(content: BundleContent, lock: BundleLock): Promise<Readable> {
  const tar = pack();
  const gzip = createGzip({ level: 1 });
  const sealed = await sealStream(gzip, lock);
  pipeline(tar, gzip).catch((error: Error) => sealed.destroy(error));
  addParts(tar, content).catch((error: Error) => tar.destroy(error));
  return sealed;
}

async function addParts(tar: Pack, content: BundleContent): Promise<void> {
  const { name, createdAt, settings, folder, move, state, userData, extensions = [] } = content;
  const parts: BundlePart[] = [];
  const made = { format: "deskhand-profile", version: BUNDLE_VERSION, createdAt: new Date(createdAt).toISOString(), name } as const;
  const header: BundleHeader = { ...made, ...(folder && { folder }), ...(move && { move }) };
  parts.push(await addText(tar, headerPart, header));
  parts.push(await addText(tar, settingsPart, settings));
  if (state) parts.push(await addText(tar, statePart, state));
  if (userData)
    for await (const { name: within, file } of userDataFiles(userData)) parts.push(await addFile(tar, userDataPart + within, file));
  for (const extension of extensions)
    for await (const within of extensionFiles(extension))
      parts.push(await addFile(tar, `${extensionsPart}${path.basename(extension)}/${within}`, path.join(extension, within)));
  await addText(tar, manifestPart, { parts });
  tar.finalize();
}

async function addText(tar: Pack, name: string, value: unknown): Promise<BundlePart> {
  const text = Buffer.from(JSON.stringify(value));
  await new Promise<void>((resolve, reject) => tar.entry({ name, mode: 0o600 }, text, (error) => (error ? reject(error) : resolve())));
  return { name, bytes: text.length, sha256: createHash("sha256").update(text).digest("hex") };
}

async function addFile(tar: Pack, name: string, file: string): Promise<BundlePart> {
  const handle = await open(file, "r");
  try {
    const { size, mtime } = await handle.stat();
    const hash = createHash("sha256");
    let bytes = 0;
    async function* read() {
      // as much as was announced: one that grows is cut there, one that shrinks is an error of the tar's
      if (size === 0) return;
      for await (const piece of handle.createReadStream({ autoClose: false, end: size - 1 }) as AsyncIterable<Buffer>) {
        hash.update(piece);
        bytes += piece.length;
        yield piece;
      }
    }
    const entry = tar.entry({ name, size, mtime, mode: 0o600 });
    await pipeline(read(), entry);
    return { name, bytes, sha256: hash.digest("hex") };
  } finally {
    await handle.close();
  }
}
