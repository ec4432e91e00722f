import { type FileHandle, open, stat } from "node:fs/promises";
import path from "node:path";
import type { PackWriter } from "../repository/pack-writer.ts";
import type { Tree, TreeFile } from "../repository/snapshot.ts";
import type { ChunkCutter } from "./cut-chunks.ts";
import type { FileCache, FileFacts } from "./file-cache.ts";

export type TreeParts = {
  writer: PackWriter;
  cutter: ChunkCutter;
  cache: FileCache;
  signal: AbortSignal;
  onRead(bytes: number): void;
};

/** A file that changed as often as it was read. */
const READ_AGAIN = 3;

/**
 * Puts these files' content into the repository. A file that is replaced while it is read is taken as it was; one that is written to is read
 * again; one that is gone is left out.
 */
export async function saveFiles(folder: string, names: readonly string[], cacheAs: string, parts: TreeParts): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  for (const name of names) {
    parts.signal.throwIfAborted();
    const file = await saveFile(path.join(folder, name), `${cacheAs}/${name}`, parts).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
    if (file) files.push({ path: name, ...file });
  }
  return files;
}

/** Bytes of the trees are content like any other, so that the tree of what has not changed is there already. @returns its chunks */
export async function saveTree(made: Tree, { writer, cutter }: TreeParts): Promise<string[]> {
  const text = Buffer.from(JSON.stringify(made));
  const ids: string[] = [];
  let from = 0;
  do {
    const length = cutter.cut(text.subarray(from));
    ids.push(await writer.add(Buffer.from(text.subarray(from, from + length))));
    from += length;
  } while (from < text.length);
  return ids;
}

/** What the files under these names were when this was called, to see afterwards whether something was written meanwhile. */
export async function printOf(folder: string, names: readonly string[]): Promise<string> {
  const prints = await Promise.all(
    names.map(async (name) => {
      const facts = await stat(path.join(folder, name), { bigint: true }).catch(() => undefined);
      return facts ? `${name} ${facts.size} ${facts.mtimeNs} ${facts.ino}` : name;
    }),
  );
  return prints.join("\n");
}

async function saveFile(file: string, cacheAs: string, parts: TreeParts): Promise<Omit<TreeFile, "path">> {
  const handle = await open(file, "r");
  try {
    for (let turn = 1; ; turn++) {
      const before = await handle.stat({ bigint: true });
      const known = parts.cache.find(cacheAs, before);
      if (known?.every((id) => parts.writer.has(id))) {
        parts.cache.keep(cacheAs, before, known);
        return { bytes: Number(before.size), chunks: known };
      }
      const read = await readChunks(handle, parts);
      const after = await handle.stat({ bigint: true });
      const isSame = sameContent(before, after);
      if (!isSame && turn < READ_AGAIN) continue;
      if (isSame) parts.cache.keep(cacheAs, after, read.chunks);
      return read;
    }
  } finally {
    await handle.close();
  }
}

async function readChunks(handle: FileHandle, { writer, cutter, signal, onRead }: TreeParts): Promise<Omit<TreeFile, "path">> {
  const chunks: string[] = [];
  let position = 0;
  let bytes = 0;
  const read = async (into: Buffer) => {
    const { bytesRead } = await handle.read(into, 0, into.length, position);
    position += bytesRead;
    return bytesRead;
  };
  for await (const chunk of cutter.chunks(read)) {
    signal.throwIfAborted();
    bytes += chunk.length;
    chunks.push(await writer.add(chunk));
    onRead(chunk.length);
  }
  return { bytes, chunks };
}

function sameContent(a: FileFacts, b: FileFacts): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs;
}
