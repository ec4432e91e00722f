import { ebmlBytes, ebmlIds, ebmlNumber, ebmlSize, joinBytes, readElement, readElements } from "@deskhand/shared/formats/ebml";

/** Nanoseconds of a tick when a file does not say. */
const usualScale = 1_000_000;

/**
 * A WebM file with its length written into it: a browser that records leaves it out, and a player then knows neither how long it is nor
 * where to wind to. What is not read is given back as it was. `ms` is the length in milliseconds.
 */
export function withDuration(file: Uint8Array<ArrayBuffer>, ms: number): Uint8Array<ArrayBuffer> {
  const header = readElement(file, 0);
  const segment = header?.id === ebmlIds.header ? readElement(file, header.end) : undefined;
  if (segment?.id !== ebmlIds.segment) return file;
  const info = readElements(file, segment.data, Math.min(segment.end, segment.data + 4096)).find(({ id }) => id === ebmlIds.info);
  if (!info || info.end > file.length) return file;
  const inside = readElements(file, info.data, info.end);
  if (inside.some(({ id }) => id === ebmlIds.duration)) return file;
  const scale = inside.find(({ id }) => id === ebmlIds.timestampScale);
  const nanoseconds = scale ? ebmlNumber(file.subarray(scale.data, scale.end)) : usualScale;
  const duration = new DataView(new ArrayBuffer(11));
  duration.setUint16(0, ebmlIds.duration);
  duration.setUint8(2, 0x88);
  duration.setFloat64(3, (ms * 1e6) / nanoseconds);
  const body = joinBytes(file.subarray(info.data, info.end), new Uint8Array(duration.buffer));
  const fresh = joinBytes(ebmlBytes(ebmlIds.info, 4), ebmlSize(body.length), body);
  const grown = fresh.length - (info.end - info.start);
  const segmentSize = segment.end === Number.POSITIVE_INFINITY ? file.subarray(segment.start + 4, segment.data) : undefined;
  const size = segmentSize ?? ebmlSize(segment.end - segment.data + grown);
  return joinBytes(file.subarray(0, segment.start + 4), size, file.subarray(segment.data, info.start), fresh, file.subarray(info.end));
}
