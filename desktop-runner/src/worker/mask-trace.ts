import { readFile, writeFile } from "node:fs/promises";
import { crc32, deflateRawSync, inflateRawSync } from "node:zlib";

export type Entry = { name: Buffer; data: Buffer };

/**
 * Rewrites a Playwright trace (a zip) with every text in it passed through `mask`. Playwright records what is typed, the
 * page's fields and its requests in clear, and has no way to leave a value out. Pictures and fonts are left as they are.
 * A trace that cannot be read is refused rather than passed on.
 */
export async function maskTrace(file: string, mask: (text: string) => string): Promise<void> {
  const entries = readZip(await readFile(file)).map(({ name, data }) => ({ name, data: isText(data) ? maskBytes(data, mask) : data }));
  await writeFile(file, writeZip(entries), { mode: 0o600 });
}

function maskBytes(data: Buffer, mask: (text: string) => string): Buffer {
  // latin1 keeps bytes that are not UTF-8; the mask's values are looked for in both readings
  const text = data.toString("utf8");
  const masked = mask(text);
  return masked === text ? data : Buffer.from(masked, "utf8");
}

function isText(data: Buffer): boolean {
  return !data.subarray(0, 512).includes(0);
}

/** Layout: APPNOTE.TXT 4.3, https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT (no zip64: a trace is far below 4 GB). */
export function readZip(zip: Buffer): Entry[] {
  const end = zip.lastIndexOf(Buffer.from("PK\x05\x06", "latin1"));
  if (end < 0) throw new Error("Not a zip file.");
  const count = zip.readUInt16LE(end + 10);
  const entries: Entry[] = [];
  let at = zip.readUInt32LE(end + 16);
  for (let index = 0; index < count; index++) {
    if (zip.readUInt32LE(at) !== 0x02014b50) throw new Error("Not a zip directory.");
    const method = zip.readUInt16LE(at + 10);
    const packedSize = zip.readUInt32LE(at + 20);
    const nameLength = zip.readUInt16LE(at + 28);
    const local = zip.readUInt32LE(at + 42);
    const name = Buffer.from(zip.subarray(at + 46, at + 46 + nameLength));
    const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
    const packed = zip.subarray(start, start + packedSize);
    if (method !== 0 && method !== 8) throw new Error("Unknown zip method.");
    entries.push({ name, data: method === 8 ? inflateRawSync(packed) : Buffer.from(packed) });
    at += 46 + nameLength + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32);
  }
  return entries;
}

function writeZip(entries: Entry[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const { name, data } of entries) {
    const packed = deflateRawSync(data, { level: 3 });
    // version 2.0, UTF-8 names, deflate, no time
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x0800, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(data), 10);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(data.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from("PK\x03\x04", "latin1"), common, name, packed]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from("PK\x01\x02\x14\x00", "latin1"), common, tail, name]));
    parts.push(local);
    offset += local.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write("PK\x05\x06", "latin1");
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, list, end]);
}
