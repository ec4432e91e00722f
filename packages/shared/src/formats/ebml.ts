/** Ids of the elements that are read and written here, with their marker bits: RFC 8794 (EBML), RFC 9559 (Matroska). */
export const ebmlIds = {
  header: 0x1a45dfa3,
  readVersion: 0x42f7,
  version: 0x4286,
  maxIdLength: 0x42f2,
  maxSizeLength: 0x42f3,
  docType: 0x4282,
  docTypeVersion: 0x4287,
  docTypeReadVersion: 0x4285,
  void: 0xec,
  segment: 0x18538067,
  seekHead: 0x114d9b74,
  seek: 0x4dbb,
  seekId: 0x53ab,
  seekPosition: 0x53ac,
  info: 0x1549a966,
  timestampScale: 0x2ad7b1,
  duration: 0x4489,
  dateUtc: 0x4461,
  muxingApp: 0x4d80,
  writingApp: 0x5741,
  tracks: 0x1654ae6b,
  trackEntry: 0xae,
  trackNumber: 0xd7,
  trackUid: 0x73c5,
  trackType: 0x83,
  flagLacing: 0x9c,
  codecId: 0x86,
  video: 0xe0,
  pixelWidth: 0xb0,
  pixelHeight: 0xba,
  cluster: 0x1f43b675,
  timestamp: 0xe7,
  simpleBlock: 0xa3,
  blockGroup: 0xa0,
  block: 0xa1,
  blockDuration: 0x9b,
  cues: 0x1c53bb6b,
  cuePoint: 0xbb,
  cueTime: 0xb3,
  cueTrackPositions: 0xb7,
  cueTrack: 0xf7,
  cueClusterPosition: 0xf1,
} as const;

/** Where an element begins, where what it holds begins and ends; one of unknown size has no end. */
export type EbmlElement = { id: number; start: number; data: number; end: number };

/** The element that begins there; undefined where its head is not all there, or none begins. It may end after the bytes do. */
export function readElement(file: Uint8Array, start: number): EbmlElement | undefined {
  const idLength = lengthAt(file, start);
  const sizeLength = lengthAt(file, start + idLength);
  const data = start + idLength + sizeLength;
  if (idLength === 0 || idLength > 4 || sizeLength === 0 || data > file.length) return undefined;
  // with its mark, a size of eight bytes is more than a number holds
  const first = (file[start + idLength] ?? 0) & (0xff >> sizeLength);
  const size = first * 256 ** (sizeLength - 1) + ebmlNumber(file.subarray(start + idLength + 1, data));
  const isUnknown = file.subarray(start + idLength, data).every((byte, at) => byte === (at === 0 ? 0xff >> (sizeLength - 1) : 0xff));
  return { id: ebmlNumber(file.subarray(start, start + idLength)), start, data, end: isUnknown ? Number.POSITIVE_INFINITY : data + size };
}

/** The elements that follow each other there; the last may end after `to`. */
export function readElements(file: Uint8Array, from: number, to: number): EbmlElement[] {
  const found: EbmlElement[] = [];
  for (let at = from; at < to; ) {
    const element = readElement(file, at);
    if (!element) break;
    found.push(element);
    at = element.end;
  }
  return found;
}

/** An unsigned number, the highest byte first; up to 2^53. */
export function ebmlNumber(bytes: Uint8Array): number {
  return bytes.reduce((sum, byte) => sum * 256 + byte, 0);
}

/** The lowest `length` bytes of a number that is not negative. */
export function ebmlBytes(value: number, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => Math.floor(value / 256 ** (length - 1 - at)) % 256);
}

/** A size in eight bytes, whatever it is. */
export function ebmlSize(size: number): Uint8Array {
  const bytes = ebmlBytes(size, 8);
  bytes[0] = 0x01;
  return bytes;
}

/** An element with what it holds: numbers that are not negative, text, bytes and other elements. */
export function writeElement(id: keyof typeof ebmlIds, ...parts: (number | string | Uint8Array)[]): Uint8Array {
  const body = joinBytes(...parts.map((part) => (typeof part === "object" ? part : plain(part))));
  return joinBytes(idBytes(id), ebmlSize(body.length), body);
}

/** An element's id, as it is written. */
export function idBytes(id: keyof typeof ebmlIds): Uint8Array {
  const value = ebmlIds[id];
  return ebmlBytes(value, value > 0xffffff ? 4 : value > 0xffff ? 3 : value > 0xff ? 2 : 1);
}

export function joinBytes(...parts: Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function plain(part: number | string): Uint8Array {
  return typeof part === "string" ? new TextEncoder().encode(part) : ebmlBytes(part, 8);
}

/** Bytes of the number that begins there, which its first set bit tells; 0 past the end. */
function lengthAt(file: Uint8Array, at: number): number {
  const first = file[at] ?? 0;
  return first === 0 ? 0 : Math.clz32(first) - 23;
}
