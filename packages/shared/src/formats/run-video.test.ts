import { describe, expect, it } from "vitest";
import { ebmlIds, ebmlNumber, joinBytes, readElement, readElements } from "./ebml.ts";
import { jpegSize, type VideoNote, type VideoPicture, videoEnd, videoHead, videoNote, videoPicture, videoReader } from "./run-video.ts";

const startedAt = Date.UTC(2026, 4, 1, 12, 0, 0, 345);
const jpeg = (fill: number) => new Uint8Array(300).fill(fill);
const pictures = [0, 40, 2_000, 3_600_000].map((at, index) => ({ at, jpeg: jpeg(index + 1) }));
const note: VideoNote = { at: 2_100, ms: 3_000_000, text: "Nobody saw it – ö." };

/** A file as it is written: whole, or without its end. */
function written(isWhole: boolean) {
  const index: { at: number; position: number }[] = [];
  let file = videoHead({ startedAt, width: 1280, height: 720 });
  for (const picture of pictures) {
    if (picture.at > note.at) file = joinBytes(file, videoNote(note));
    index.push({ at: picture.at, position: file.length });
    file = joinBytes(file, videoPicture(picture));
  }
  if (!isWhole) return file;
  const { end, over } = videoEnd({ bytes: file.length, lengthMs: 3_600_500, index });
  const whole = joinBytes(file, end);
  for (const { position, data } of over) whole.set(data, position);
  return whole;
}

function read(file: Uint8Array, partBytes = file.length) {
  const heads: object[] = [];
  const found: VideoPicture[] = [];
  const notes: VideoNote[] = [];
  const take = videoReader({ head: (head) => heads.push(head), picture: (one) => found.push(one), note: (one) => notes.push(one) });
  for (let at = 0; at < file.length; at += partBytes) take(file.subarray(at, at + partBytes));
  return { heads, pictures: found, notes };
}

describe("a run's video", () => {
  it("comes back as it was written, in whatever parts its bytes come", () => {
    const file = written(true);
    for (const partBytes of [1, 7, 299, 1_000, file.length]) {
      expect(read(file, partBytes)).toEqual({ heads: [{ startedAt, lengthMs: 3_600_500 }], pictures, notes: [note] });
    }
  });

  it("that was broken off anywhere has the pictures before, and no torn one", () => {
    const file = written(false);
    expect(read(file)).toEqual({ heads: [{ startedAt, lengthMs: null }], pictures, notes: [note] });
    for (let length = 0; length < file.length; length += 5) {
      const { pictures: found } = read(file.slice(0, length));
      expect(found).toEqual(pictures.slice(0, found.length));
    }
    expect(read(file.slice(0, -1)).pictures).toEqual(pictures.slice(0, -1));
  });

  it("is a Matroska file whose sizes and index are right", () => {
    const file = written(true);
    const [header, segment] = readElements(file, 0, file.length);
    expect([header?.id, segment?.id, segment?.end]).toEqual([ebmlIds.header, ebmlIds.segment, file.length]);
    const from = segment?.data ?? 0;
    const parts = readElements(file, from, file.length);
    const { seekHead, info, tracks, cluster, cues } = ebmlIds;
    expect(parts.map(({ id }) => id)).toEqual([seekHead, info, tracks, ...Array(5).fill(cluster), cues]);
    const find = (path: number[], within: { data: number; end: number }): { data: number; end: number }[] => {
      const [id, ...rest] = path;
      const here = readElements(file, within.data, within.end).filter((each) => each.id === id);
      return rest.length === 0 ? here : here.flatMap((each) => find(rest, each));
    };
    const numbers = (...path: number[]) =>
      find(path, { data: from, end: file.length }).map(({ data, end }) => ebmlNumber(file.subarray(data, end)));
    const [cuesAt = 0] = numbers(seekHead, ebmlIds.seek, ebmlIds.seekPosition);
    expect(readElement(file, from + cuesAt)?.id).toBe(cues);
    const clusters = numbers(cues, ebmlIds.cuePoint, ebmlIds.cueTrackPositions, ebmlIds.cueClusterPosition);
    const times = numbers(cues, ebmlIds.cuePoint, ebmlIds.cueTime);
    expect(times).toEqual(pictures.map(({ at }) => at));
    for (const [nth, position] of clusters.entries()) {
      const found = readElement(file, from + position);
      expect(found?.id).toBe(cluster);
      const [time] = found ? find([ebmlIds.timestamp], found) : [];
      expect(time && ebmlNumber(file.subarray(time.data, time.end))).toBe(times[nth]);
    }
  });

  it("has the size of its first picture", () => {
    // SOI, an APP0 of 16 bytes, SOF0 of 720 x 1280
    const bytes = [0xff, 0xd8, 0xff, 0xe0, 0, 16, ...Array(14).fill(0), 0xff, 0xc0, 0, 17, 8, 2, 0xd0, 5, 0, 3, ...Array(9).fill(0)];
    expect(jpegSize(new Uint8Array(bytes))).toEqual({ width: 1280, height: 720 });
    expect(jpegSize(new Uint8Array([0xff, 0xd8, 0xff]))).toBeUndefined();
  });
});
