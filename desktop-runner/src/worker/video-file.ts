import { appendFile, open, truncate } from "node:fs/promises";
import { jpegSize, videoEnd, videoHead, videoNote, videoPicture } from "@deskhand/shared/formats/run-video";

/** Times are ms since the epoch, those of pictures rise. */
export type VideoFile = {
  /** Writes a picture after those before it. False when the file has no room for it. */
  picture(at: number, jpeg: Uint8Array): boolean;
  note(from: number, to: number, text: string): void;
  /** Writes what is left, the file's length and its index. @returns whether there is a file; without a picture there is none. */
  complete(endedAt: number): Promise<boolean>;
};

/** More than this waits for the disk: the pictures that come meanwhile are left out. */
const maxWaitingBytes = 8 * 1024 * 1024;
/** One picture of as much of the file's time is in its index, so that players find their way. */
const indexMs = 1000;
const indexBytes = 100;

/**
 * A video that is written as its pictures come, at most `maxBytes` but for its notes; broken off it has all that was written. `onBroken` is
 * called once, when the disk takes no more: what was written stays.
 */
export function createVideoFile(path: string, maxBytes: number, onBroken: () => void): VideoFile {
  let startedAt: number | undefined;
  let lastAt = 0;
  let bytes = 0;
  let writtenBytes = 0;
  let isBroken = false;
  let index: { at: number; position: number }[] = [];
  let written: Promise<void> = Promise.resolve();

  const append = (data: Uint8Array) => {
    bytes += data.length;
    written = written.then(async () => {
      if (isBroken) return;
      try {
        await appendFile(path, data, { mode: 0o600 });
        writtenBytes += data.length;
      } catch {
        isBroken = true;
        bytes = writtenBytes;
        index = index.filter(({ position }) => position < bytes);
        await truncate(path, bytes).catch(() => {});
        onBroken();
      }
    });
  };
  return {
    picture: (at, jpeg) => {
      if (isBroken) return false;
      if (bytes - writtenBytes > maxWaitingBytes) return true;
      const head = startedAt === undefined ? videoHead({ startedAt: at, ...(jpegSize(jpeg) ?? { width: 0, height: 0 }) }) : undefined;
      const picture = videoPicture({ at: at - (startedAt ?? at), jpeg });
      if (bytes + (head?.length ?? 0) + picture.length + index.length * indexBytes > maxBytes) return false;
      if (head) append(head);
      startedAt ??= at;
      lastAt = at;
      const before = index.at(-1);
      if (!before || at - startedAt >= before.at + indexMs) index.push({ at: at - startedAt, position: bytes });
      append(picture);
      return true;
    },
    note: (from, to, text) => {
      if (startedAt === undefined || isBroken) return;
      const at = Math.max(0, from - startedAt);
      append(videoNote({ at, ms: Math.max(1, to - startedAt - at), text }));
    },
    complete: async (endedAt) => {
      await written;
      if (startedAt === undefined || writtenBytes === 0) return false;
      const { end, over } = videoEnd({ bytes, lengthMs: Math.max(endedAt, lastAt + 1) - startedAt, index });
      await appendFile(path, end);
      const file = await open(path, "r+");
      try {
        for (const { position, data } of over) await file.write(data, 0, data.length, position);
      } finally {
        await file.close();
      }
      return true;
    },
  };
}
