import { createHmac } from "node:crypto";

/** Bytes: no chunk but a file's last is smaller, none is larger; with random content most are near the middle one. */
export const chunkSizes = { min: 32 * 1024, usual: 128 * 1024, max: 512 * 1024 };

/**
 * Cuts content where the content says so, so that an insertion changes the chunks around it and no others. FastCDC with normalized
 * chunking (Xia et al., "FastCDC: a Fast and Efficient Content-Defined Chunking Approach for Data Deduplication", USENIX ATC 2016), with
 * 32-bit fingerprints and a gear table that the key makes. There is no library of it for Node that is kept and needs no compiler.
 */
export class ChunkCutter {
  readonly #gear: Int32Array;
  /** More bits before the usual size and fewer after it bring the sizes closer together (level 2 of the paper). */
  readonly #early: number;
  readonly #late: number;

  constructor(key: Buffer) {
    this.#gear = Int32Array.from({ length: 256 }, (_, n) => createHmac("sha256", key).update(`gear ${n}`).digest().readInt32BE());
    const bits = Math.log2(chunkSizes.usual);
    this.#early = topBits(bits + 2);
    this.#late = topBits(bits - 2);
  }

  /** Where the first chunk of the content ends; all of it when it has no cut. */
  cut(content: Uint8Array): number {
    const end = Math.min(content.length, chunkSizes.max);
    if (end <= chunkSizes.min) return end;
    const usual = Math.min(end, chunkSizes.usual);
    let print = 0;
    let at = chunkSizes.min;
    for (; at < usual; at++) {
      print = ((print << 1) + (this.#gear[content[at] as number] as number)) | 0;
      if ((print & this.#early) === 0) return at + 1;
    }
    for (; at < end; at++) {
      print = ((print << 1) + (this.#gear[content[at] as number] as number)) | 0;
      if ((print & this.#late) === 0) return at + 1;
    }
    return end;
  }

  /** The chunks of what `read` gives: it fills a buffer and returns how much, 0 at the end. Each is good until the next one is asked for. */
  async *chunks(read: (into: Buffer) => Promise<number>): AsyncGenerator<Buffer> {
    const buffer = Buffer.allocUnsafe(2 * chunkSizes.max);
    let from = 0;
    let to = 0;
    let ended = false;
    while (true) {
      if (!ended && to - from < chunkSizes.max) {
        buffer.copyWithin(0, from, to);
        to -= from;
        from = 0;
        while (!ended && to < buffer.length) {
          const count = await read(buffer.subarray(to));
          ended = count === 0;
          to += count;
        }
      }
      if (from === to) return;
      const length = this.cut(buffer.subarray(from, to));
      yield buffer.subarray(from, from + length);
      from += length;
    }
  }
}

// the top bits: they depend on the most bytes before
function topBits(count: number): number {
  return (-1 << (32 - count)) | 0;
}
