import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { mkdir } from "node:fs/promises";
import path from "node:path";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { ProfileStateData } from "@deskhand/shared/formats/profile-state";
import { readStorageState } from "@deskhand/shared/formats/storage-state";
import type { ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { extract } from "tar-stream";
import type * as z from "zod";
import {
  BUNDLE_VERSION,
  BundleError,
  type BundleHeader,
  type BundlePart,
  bundleHeader,
  bundleManifest,
  bundleSettings,
  extensionsPart,
  headerPart,
  manifestPart,
  settingsPart,
  statePart,
  userDataPart,
} from "./bundle-format.ts";

/** Of a part that is held in memory, bytes. */
const maxTextBytes = 64 * 1024 * 1024;

export type ReadBundle = {
  header: BundleHeader;
  settings: ProfileSettings;
  state: ProfileStateData | undefined;
  /** Where the browser's own folder was put; undefined when the bundle has none. */
  userData: string | undefined;
  /** Where its extensions were put, each in a folder; undefined when the bundle has none. */
  extensions: string | undefined;
};

type Limits = { /** Of all parts together, bytes. */ maxBytes: number };

/**
 * Reads an opened bundle into this folder, which is there and empty. When it returns, every part is whole and as it was written; otherwise
 * what is in the folder is of no use. @throws BundleError
 */
export async function readBundle(opened: Readable, into: string, { maxBytes }: Limits): Promise<ReadBundle> {
  const tar = extract();
  const parts: BundlePart[] = [];
  const texts = new Map<string, Buffer>();
  let left = maxBytes;
  const flow = pipeline(opened, createGunzip(), tar);
  // told where it is waited for
  flow.catch(() => {});
  try {
    for await (const entry of tar) {
      const { name, type, size = 0 } = entry.header;
      if (type !== "file" || texts.has(manifestPart)) throw new BundleError("BUNDLE_INVALID");
      left -= size;
      if (left < 0) throw new BundleError("BUNDLE_TOO_LARGE");
      const hash = createHash("sha256");
      let bytes = 0;
      const counted = async function* () {
        for await (const piece of entry as AsyncIterable<Buffer>) {
          hash.update(piece);
          bytes += piece.length;
          yield piece;
        }
      };
      if (name.startsWith(userDataPart) || name.startsWith(extensionsPart)) {
        const file = safePath(into, name);
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        await pipeline(counted(), createWriteStream(file, { flags: "wx", mode: 0o600 }));
      } else {
        if (size > maxTextBytes) throw new BundleError("BUNDLE_TOO_LARGE");
        const pieces: Buffer[] = [];
        for await (const piece of counted()) pieces.push(piece);
        if (texts.has(name)) throw new BundleError("BUNDLE_INVALID");
        texts.set(name, Buffer.concat(pieces));
      }
      // what it is comes first: a newer one is not called damaged because of what is new in it
      if (parts.length === 0) readHeader(name, texts);
      if (name !== manifestPart) parts.push({ name, bytes, sha256: hash.digest("hex") });
    }
    await flow;
  } catch (error) {
    opened.destroy();
    if (error instanceof BundleError) throw error;
    // the disk's own errors are not the bundle's
    if (/^E(NOSPC|DQUOT|ACCES|PERM|ROFS|MFILE|IO)$/.test((error as NodeJS.ErrnoException).code ?? "")) throw error;
    throw new BundleError("BUNDLE_DAMAGED", error);
  }
  return finish(parts, texts, into);
}

function readHeader(name: string, texts: ReadonlyMap<string, Buffer>): void {
  if (name !== headerPart) throw new BundleError("BUNDLE_INVALID");
  const raw = parse(texts, headerPart);
  const { version } = raw as { version?: unknown };
  if (typeof version === "number" && version > BUNDLE_VERSION) throw new BundleError("BUNDLE_NEWER");
  if (!bundleHeader.safeParse(raw).success) throw new BundleError("BUNDLE_INVALID");
}

function finish(parts: BundlePart[], texts: ReadonlyMap<string, Buffer>, into: string): ReadBundle {
  const manifest = checked(bundleManifest, parse(texts, manifestPart));
  if (JSON.stringify(manifest.parts) !== JSON.stringify(parts)) throw new BundleError("BUNDLE_DAMAGED");
  const state = texts.has(statePart) ? readStorageState(parse(texts, statePart) as object) : undefined;
  const isEmpty = state && !state.ok && state.problems.every(({ where }) => where === "cookies");
  if (state && !state.ok && !isEmpty) throw new BundleError("BUNDLE_INVALID");
  const folderOf = (part: string) => (parts.some(({ name }) => name.startsWith(part)) ? path.join(into, part.slice(0, -1)) : undefined);
  return {
    header: checked(bundleHeader, parse(texts, headerPart)),
    settings: checked(bundleSettings, parse(texts, settingsPart)),
    state: state?.ok ? state.state : undefined,
    userData: folderOf(userDataPart),
    extensions: folderOf(extensionsPart),
  };
}

function parse(texts: ReadonlyMap<string, Buffer>, name: string): unknown {
  const text = texts.get(name);
  // without its last part it was cut off
  if (!text) throw new BundleError("BUNDLE_DAMAGED");
  try {
    return JSON.parse(text.toString("utf8"));
  } catch (error) {
    throw new BundleError("BUNDLE_INVALID", error);
  }
}

function checked<T extends z.ZodType>(schema: T, raw: unknown): z.output<T> {
  const parsed = schema.safeParse(raw);
  if (!parsed.success) throw new BundleError("BUNDLE_INVALID");
  return parsed.data;
}

/** Whoever made the bundle chose the name: it stays inside the folder, on every system. */
function safePath(into: string, name: string): string {
  const segments = name.split("/");
  const isSafe = segments.every((segment) => segment !== "" && segment !== "." && segment !== ".." && !/[\\:\0]/.test(segment));
  if (!isSafe || name.length > 1_000) throw new BundleError("BUNDLE_INVALID");
  return path.join(into, ...segments);
}
