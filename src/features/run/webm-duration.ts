/** Ids of the elements of EBML that are needed here, with their marker bits: RFC 8794, RFC 9559. */
const ids = { header: 0x1a45dfa3, segment: 0x18538067, info: 0x1549a966, duration: 0x4489, timestampScale: 0x2ad7b1 } as const;
/** Nanoseconds of a tick when a file does not say. */
const usualScale = 1_000_000;

type Element = { id: number; start: number; data: number; end: number };

/**
 * A WebM file with its length written into it: a browser that records leaves it out, and a player then knows neither how long it is nor
 * where to wind to. What is not read is given back as it was. `ms` is the length in milliseconds.
 */
export function withDuration(file: Uint8Array<ArrayBuffer>, ms: number): Uint8Array<ArrayBuffer> {
  const header = read(file, 0);
  const segment = header?.id === ids.header ? read(file, header.end) : undefined;
  if (segment?.id !== ids.segment) return file;
  const info = elements(file, segment.data, Math.min(segment.end, segment.data + 4096)).find(({ id }) => id === ids.info);
  if (!info || info.end > file.length) return file;
  const inside = elements(file, info.data, info.end);
  if (inside.some(({ id }) => id === ids.duration)) return file;
  const scale = inside.find(({ id }) => id === ids.timestampScale);
  const nanoseconds = scale ? file.subarray(scale.data, scale.end).reduce((sum, byte) => sum * 256 + byte, 0) : usualScale;
  const duration = new DataView(new ArrayBuffer(11));
  duration.setUint16(0, ids.duration);
  duration.setUint8(2, 0x88);
  duration.setFloat64(3, (ms * 1e6) / nanoseconds);
  const body = join(file.subarray(info.data, info.end), new Uint8Array(duration.buffer));
  const fresh = join(bytesOf(ids.info, 4), sizeOf(body.length), body);
  const grown = fresh.length - (info.end - info.start);
  const segmentSize = segment.end === Number.POSITIVE_INFINITY ? file.subarray(segment.start + 4, segment.data) : undefined;
  const size = segmentSize ?? sizeOf(segment.end - segment.data + grown);
  return join(
    file.subarray(0, segment.start + 4),
    size,
    file.subarray(segment.data, info.start),
    fresh,
    file.subarray(info.end),
  ) as Uint8Array<ArrayBuffer>;
}

function elements(file: Uint8Array, from: number, to: number): Element[] {
  const found: Element[] = [];
  for (let at = from; at < to; ) {
    const element = read(file, at);
    if (!element) break;
    found.push(element);
    at = element.end;
  }
  return found;
}

/** The element that begins there; one of unknown size has no end. */
function read(file: Uint8Array, start: number): Element | undefined {
  const idLength = lengthAt(file, start);
  const sizeLength = lengthAt(file, start + idLength);
  const data = start + idLength + sizeLength;
  if (idLength === 0 || idLength > 4 || sizeLength === 0 || data > file.length) return undefined;
  const number = (from: number, length: number) => file.subarray(from, from + length).reduce((sum, byte) => sum * 256 + byte, 0);
  const marked = number(start + idLength, sizeLength);
  const size = marked - 2 ** (7 * sizeLength);
  const isUnknown = file.subarray(start + idLength, data).every((byte, at) => byte === (at === 0 ? 0xff >> (sizeLength - 1) : 0xff));
  return { id: number(start, idLength), start, data, end: isUnknown ? Number.POSITIVE_INFINITY : data + size };
}

/** Bytes of the number that begins there, which its first set bit tells; 0 past the end. */
function lengthAt(file: Uint8Array, at: number): number {
  const first = file[at] ?? 0;
  return first === 0 ? 0 : Math.clz32(first) - 23;
}

/** A size in eight bytes, whatever it is. */
function sizeOf(size: number): Uint8Array {
  const bytes = bytesOf(size, 8);
  bytes[0] = 0x01;
  return bytes;
}

function bytesOf(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) % 256);
}

function join(...parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
