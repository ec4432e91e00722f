import { readdir, readFile } from "node:fs/promises";
import path from "node:path";

/** One file of a database is at most a few MB; what is larger is not one. */
const maxFileBytes = 256 * 1024 * 1024;
const blockBytes = 32 * 1024;
const footerBytes = 48;

/**
 * The keys of a LevelDB database that nobody writes to, those of removed records among them (doc/log_format.md and doc/table_format.md in
 * google/leveldb). A file that cannot be read ends with what was read of it; a folder that is not there has none.
 */
export async function* levelDbKeys(folder: string): AsyncGenerator<Buffer> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const keysOf = name.endsWith(".log") ? keysOfLog : /\.(ldb|sst)$/.test(name) ? keysOfTable : undefined;
    if (!keysOf) continue;
    const file = await readFile(path.join(folder, name)).catch(() => undefined);
    if (!file || file.length > maxFileBytes) continue;
    try {
      yield* keysOf(file);
    } catch {
      // cut off, or of a kind that is not known
    }
  }
}

/** Pieces of records in blocks of 32 KB; each record is a batch of changes. */
function* keysOfLog(file: Buffer): Generator<Buffer> {
  let pieces: Buffer[] = [];
  for (let at = 0; at + 7 <= file.length; ) {
    const left = blockBytes - (at % blockBytes);
    const length = left < 7 ? 0 : file.readUInt16LE(at + 4);
    const type = left < 7 ? 0 : file[at + 6];
    if (type === 0 || type === undefined) {
      // nothing more in this block
      at += left;
      continue;
    }
    const piece = file.subarray(at + 7, at + 7 + length);
    at += 7 + length;
    // whole, first, in the middle, last
    if (type <= 2) pieces = [];
    pieces.push(piece);
    if (type === 1 || type === 4) yield* keysOfBatch(Buffer.concat(pieces));
  }
}

function* keysOfBatch(batch: Buffer): Generator<Buffer> {
  // after its sequence number and count
  const reader = new Reader(batch, 12);
  while (!reader.isOver) {
    const isValue = reader.byte() === 1;
    yield reader.bytes(reader.varint());
    if (isValue) reader.bytes(reader.varint());
  }
}

function* keysOfTable(file: Buffer): Generator<Buffer> {
  const footer = new Reader(file, file.length - footerBytes);
  // the index of its meta blocks
  footer.varint();
  footer.varint();
  const index = blockOf(file, footer.varint(), footer.varint());
  for (const { value } of entriesOf(index)) {
    const handle = new Reader(value);
    // the last eight bytes of a key are its sequence number and kind
    for (const { key } of entriesOf(blockOf(file, handle.varint(), handle.varint()))) yield key.subarray(0, -8);
  }
}

function blockOf(file: Buffer, offset: number, size: number): Buffer {
  const block = file.subarray(offset, offset + size);
  const compression = file[offset + size];
  if (compression === 0) return block;
  if (compression === 1) return unsnappy(block);
  throw new Error("unknown compression");
}

/** Each key is told by how much of the one before it begins with. */
function* entriesOf(block: Buffer): Generator<{ key: Buffer; value: Buffer }> {
  const restarts = block.readUInt32LE(block.length - 4);
  const reader = new Reader(block.subarray(0, block.length - 4 * (restarts + 1)));
  let key: Buffer = Buffer.alloc(0);
  while (!reader.isOver) {
    const [shared, fresh, length] = [reader.varint(), reader.varint(), reader.varint()];
    key = Buffer.concat([key.subarray(0, shared), reader.bytes(fresh)]);
    yield { key, value: reader.bytes(length) };
  }
}

/** format_description.txt in google/snappy. */
function unsnappy(packed: Buffer): Buffer {
  const reader = new Reader(packed);
  const whole = Buffer.alloc(reader.varint());
  let end = 0;
  while (!reader.isOver) {
    const tag = reader.byte();
    const kind = tag & 3;
    if (kind === 0) {
      const short = tag >> 2;
      const length = 1 + (short < 60 ? short : reader.number(short - 59));
      end += reader.bytes(length).copy(whole, end);
      continue;
    }
    const length = kind === 1 ? 4 + ((tag >> 2) & 7) : 1 + (tag >> 2);
    const back = kind === 1 ? ((tag >> 5) << 8) | reader.byte() : reader.number(kind === 2 ? 2 : 4);
    if (back < 1 || back > end) throw new Error("out of bounds");
    // byte by byte: it may repeat what it has just written
    for (let index = 0; index < length; index++, end++) whole[end] = whole[end - back] ?? 0;
  }
  return whole;
}

/** @throws RangeError behind the end */
class Reader {
  readonly #buffer: Buffer;
  #at: number;

  constructor(buffer: Buffer, at = 0) {
    this.#buffer = buffer;
    this.#at = at;
  }

  get isOver(): boolean {
    return this.#at >= this.#buffer.length;
  }

  byte(): number {
    return this.#buffer.readUInt8(this.#at++);
  }

  number(bytes: number): number {
    this.#at += bytes;
    return this.#buffer.readUIntLE(this.#at - bytes, bytes);
  }

  varint(): number {
    let value = 0;
    for (let place = 1; ; place *= 128) {
      const byte = this.byte();
      value += (byte & 127) * place;
      if (byte < 128) return value;
    }
  }

  bytes(length: number): Buffer {
    this.#at += length;
    if (this.#at > this.#buffer.length) throw new RangeError("behind the end");
    return this.#buffer.subarray(this.#at - length, this.#at);
  }
}
