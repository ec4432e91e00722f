import { type FileHandle, open } from "node:fs/promises";
import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";

const inflate = promisify(inflateRaw);
/** The end of a zip's directory, with the longest comment that it may have. */
const endBytes = 22 + 0xffff;

/**
 * One file of a zip, without reading the rest: a trace may be large, and what is wanted of it small. Undefined when it is not in there.
 * Layout: APPNOTE.TXT 4.3 (no zip64: a trace is far below 4 GB).
 */
export async function readZipEntry(file: string, wanted: string): Promise<Buffer | undefined> {
  const handle = await open(file, "r");
  try {
    const { size } = await handle.stat();
    const tail = await readAt(handle, Math.max(0, size - endBytes), Math.min(size, endBytes));
    const end = tail.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
    if (end < 0) throw new Error("Not a zip file.");
    const directory = await readAt(handle, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    const count = tail.readUInt16LE(end + 10);
    for (let index = 0, at = 0; index < count; index++) {
      const nameLength = directory.readUInt16LE(at + 28);
      const next = at + 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
      if (directory.toString("utf8", at + 46, at + 46 + nameLength) !== wanted) {
        at = next;
        continue;
      }
      const method = directory.readUInt16LE(at + 10);
      const local = directory.readUInt32LE(at + 42);
      const header = await readAt(handle, local, 30);
      const start = local + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
      const packed = await readAt(handle, start, directory.readUInt32LE(at + 20));
      if (method !== 0 && method !== 8) throw new Error("Unknown zip method.");
      return method === 8 ? inflate(packed) : packed;
    }
    return undefined;
  } finally {
    await handle.close();
  }
}

async function readAt(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const { bytesRead, buffer } = await handle.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error("The zip file is cut off.");
  return buffer;
}
