import { ebmlBytes, ebmlIds, ebmlNumber, ebmlSize, idBytes, joinBytes, readElement, readElements, writeElement } from "./ebml.ts";

/**
 * A run's video: a Matroska file (RFC 9559) with a JPEG for each picture (V_MJPEG), which players of videos show, and a track of notes for
 * what is not in it. Nothing is encoded, so that whoever records needs no encoder, and each picture stands by itself: a file that was broken
 * off has all that came before.
 */

/** ms since the video began */
export type VideoPicture = { at: number; jpeg: Uint8Array };
/** Why there are no pictures from `at` on, for `ms`. */
export type VideoNote = { at: number; ms: number; text: string };

export const videoContentType = "video/matroska";

const tracks = { pictures: 1, notes: 2 } as const;
/** Matroska counts from there; ms. */
const epoch = Date.UTC(2001, 0, 1);

const emptyDuration = new Uint8Array([ebmlIds.void, 0x8f, ...new Uint8Array(15)]);
const emptySeekHead = (() => {
  const { length } = seekHead(0);
  return joinBytes(idBytes("void"), ebmlSize(length - 9), new Uint8Array(length - 9));
})();
const ebmlHead = writeElement(
  "header",
  ...[writeElement("version", 1), writeElement("readVersion", 1), writeElement("maxIdLength", 4), writeElement("maxSizeLength", 8)],
  ...[writeElement("docType", "matroska"), writeElement("docTypeVersion", 4), writeElement("docTypeReadVersion", 2)],
);
const segmentAt = ebmlHead.length + 12;

/** What a video begins with; `startedAt` is ms since the epoch, the size is that of its first picture in pixels. */
export function videoHead({ startedAt, width, height }: { startedAt: number; width: number; height: number }): Uint8Array {
  const date = new DataView(new ArrayBuffer(8));
  date.setBigInt64(0, BigInt(Math.round(startedAt) - epoch) * 1_000_000n);
  const unknownSize = new Uint8Array([0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
  const by = [writeElement("muxingApp", "Deskhand"), writeElement("writingApp", "Deskhand")];
  const track = (number: number, type: number, codec: string, ...more: Uint8Array[]) =>
    writeElement(
      "trackEntry",
      ...[writeElement("trackNumber", number), writeElement("trackUid", number), writeElement("trackType", type)],
      ...[writeElement("flagLacing", 0), writeElement("codecId", codec), ...more],
    );
  const size = writeElement("video", writeElement("pixelWidth", width), writeElement("pixelHeight", height));
  return joinBytes(
    ...[ebmlHead, idBytes("segment"), unknownSize, emptySeekHead],
    // the duration comes first: it is written when it is known
    writeElement(
      "info",
      emptyDuration,
      writeElement("timestampScale", 1_000_000),
      writeElement("dateUtc", new Uint8Array(date.buffer)),
      ...by,
    ),
    writeElement("tracks", track(tracks.pictures, 0x01, "V_MJPEG", size), track(tracks.notes, 0x11, "S_TEXT/UTF8")),
  );
}

/** A picture as it comes next in the file. `at` in whole ms. */
export function videoPicture({ at, jpeg }: VideoPicture): Uint8Array {
  return writeElement("cluster", writeElement("timestamp", at), writeElement("simpleBlock", blockHead(tracks.pictures, 0x80), jpeg));
}

/** A note as it comes next in the file. `at` and `ms` in whole ms. */
export function videoNote({ at, ms, text }: VideoNote): Uint8Array {
  const block = writeElement("block", blockHead(tracks.notes, 0), text);
  return writeElement("cluster", writeElement("timestamp", at), writeElement("blockGroup", block, writeElement("blockDuration", ms)));
}

type Ending = { bytes: number; lengthMs: number; index: readonly { at: number; position: number }[] };

/** What completes a file of so many bytes: its end, and what is written over its beginning. `index` says where some of the pictures begin. */
export function videoEnd({ bytes, lengthMs, index }: Ending): { end: Uint8Array; over: { position: number; data: Uint8Array }[] } {
  const points = index.map(({ at, position }) => {
    const where = writeElement(
      "cueTrackPositions",
      writeElement("cueTrack", tracks.pictures),
      writeElement("cueClusterPosition", position - segmentAt),
    );
    return writeElement("cuePoint", writeElement("cueTime", at), where);
  });
  const end = points.length > 0 ? writeElement("cues", ...points) : new Uint8Array();
  const duration = new DataView(new ArrayBuffer(8));
  duration.setFloat64(0, lengthMs);
  const over = [
    { position: segmentAt - 8, data: ebmlSize(bytes + end.length - segmentAt) },
    // after the head of Info
    { position: segmentAt + emptySeekHead.length + 12, data: durationElement(lengthMs) },
    ...(points.length > 0 ? [{ position: segmentAt, data: seekHead(bytes - segmentAt) }] : []),
  ];
  return { end, over };
}

/** What of a video is told when it has been read. `head` comes first; `lengthMs` is null in a file that was broken off. */
export type VideoHandlers = {
  head(facts: { startedAt: number; lengthMs: number | null }): void;
  picture(picture: VideoPicture): void;
  note(note: VideoNote): void;
};

/** Reads a video as its bytes come. A picture that is torn is left out. @returns what takes the next bytes */
export function videoReader(on: VideoHandlers): (bytes: Uint8Array) => void {
  let rest: Uint8Array = new Uint8Array();
  let at = 0;
  const take = (element: { id: number }, body: Uint8Array) => {
    if (element.id === ebmlIds.info) on.head(readInfo(body));
    else if (element.id === ebmlIds.timestamp) at = ebmlNumber(body);
    else if (element.id === ebmlIds.simpleBlock && body[0] === 0x80 + tracks.pictures) on.picture({ at, jpeg: body.slice(4) });
    else if (element.id === ebmlIds.blockGroup) on.note({ at, ...readNote(body) });
  };
  return (bytes) => {
    rest = rest.length === 0 ? bytes : joinBytes(rest, bytes);
    let from = 0;
    for (;;) {
      const element = readElement(rest, from);
      if (!element) break;
      const isEntered = element.id === ebmlIds.segment || element.id === ebmlIds.cluster;
      if (!isEntered && element.end > rest.length) break;
      if (!isEntered) take(element, rest.subarray(element.data, element.end));
      from = isEntered ? element.data : element.end;
    }
    rest = rest.subarray(from);
  };
}

/** Width and height of a JPEG in pixels, from its frame header (ITU T.81, B.2.2); undefined when it has none. */
export function jpegSize(jpeg: Uint8Array): { width: number; height: number } | undefined {
  for (let at = 2; at + 9 < jpeg.length && jpeg[at] === 0xff; ) {
    const marker = jpeg[at + 1] ?? 0;
    const number = (from: number) => ebmlNumber(jpeg.subarray(from, from + 2));
    // SOF0 to SOF15 without the tables DHT, JPG and DAC
    if (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker)) return { height: number(at + 5), width: number(at + 7) };
    at += 2 + number(at + 2);
  }
  return undefined;
}

function readInfo(body: Uint8Array): { startedAt: number; lengthMs: number | null } {
  let startedAt = epoch;
  let lengthMs: number | null = null;
  for (const { id, data, end } of readElements(body, 0, body.length)) {
    const view = new DataView(body.buffer, body.byteOffset + data, end - data);
    if (id === ebmlIds.dateUtc) startedAt = epoch + Number(view.getBigInt64(0) / 1_000_000n);
    if (id === ebmlIds.duration) lengthMs = view.getFloat64(0);
  }
  return { startedAt, lengthMs };
}

function readNote(body: Uint8Array): { ms: number; text: string } {
  const parts = readElements(body, 0, body.length);
  const of = (id: number) => parts.filter((part) => part.id === id).map(({ data, end }) => body.subarray(data, end))[0] ?? new Uint8Array();
  return { ms: ebmlNumber(of(ebmlIds.blockDuration)), text: new TextDecoder().decode(of(ebmlIds.block).subarray(4)) };
}

/** The track, no time since the cluster's, the flags: RFC 9559, section 10. */
function blockHead(track: number, flags: number): Uint8Array {
  return new Uint8Array([0x80 + track, 0, 0, flags]);
}

function durationElement(lengthMs: number): Uint8Array {
  const value = new DataView(new ArrayBuffer(8));
  value.setFloat64(0, lengthMs);
  return joinBytes(
    idBytes("duration"),
    new Uint8Array([0x88]),
    new Uint8Array(value.buffer),
    new Uint8Array([ebmlIds.void, 0x84, 0, 0, 0, 0]),
  );
}

function seekHead(cuesAt: number): Uint8Array {
  return writeElement(
    "seekHead",
    writeElement("seek", writeElement("seekId", idBytes("cues")), writeElement("seekPosition", ebmlBytes(cuesAt, 8))),
  );
}
