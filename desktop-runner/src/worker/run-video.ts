import { rename, rm } from "node:fs/promises";
import { videoContentType } from "@deskhand/shared/formats/run-video";
import type { Frame, Screencast } from "../browser/screencast.ts";
import type { RunParts } from "./run-parts.ts";
import { createVideoFile } from "./video-file.ts";

export type RunVideo = {
  /** Records another page from now on (a pop-up, or back from it). */
  follow(cast: Screencast): void;
  /** Records nothing until `goOn`: what a person does by hand is theirs. */
  rest(): void;
  goOn(): void;
  /** The run's work on its page is over: nothing more is recorded. */
  stop(): void;
  /** Announces the file, or takes it away. What it cannot do is told in the log; never rejects. */
  finish(keep: boolean): Promise<void>;
};

/** Pictures a second; a page that stands still has none. */
const rate = 10;
export const videoName = "video.mkv";
/** What it is called until it is whole. */
export const unfinishedVideo = "video.part.mkv";
const maxBytes = 100_000_000;
/** So much of what a run may leave behind is its video's at most. */
const share = 1 / 4;

/** A video of the page that the run works on, written as it goes; undefined where the workflow asks for none. */
export function createRunVideo({
  recording,
  order,
  store,
  log,
}: Pick<RunParts, "recording" | "order" | "store" | "log">): RunVideo | undefined {
  if (order.trial || (recording.video ?? "off") === "off") return undefined;
  const limit = Math.min(maxBytes, Math.floor(order.limits.artifactsMaxBytes * share));
  const unfinished = store.pathOf(unfinishedVideo);
  let cast: Screencast | undefined;
  let unwatch: (() => void) | undefined;
  let lastAt = 0;
  let lastJpeg: Buffer | undefined;
  let late: Frame | undefined;
  let timer: NodeJS.Timeout | undefined;
  /** Why nothing is recorded, and since when. */
  let gap: { from: number; text: string } | undefined;
  let restedUntil = 0;
  let hasEnded = false;
  let stoppedAt: number | undefined;

  const end = (text: string) => {
    if (hasEnded || stoppedAt !== undefined) return;
    hasEnded = true;
    pause();
    gap = { from: lastAt, text };
    log.write(null, "warn", text);
  };
  const video = createVideoFile(unfinished, limit, () => end("The video ends here: it could not be written to the disk."));
  const put = ({ at, data }: Frame) => {
    if (lastJpeg?.equals(data)) return;
    const time = Math.max(Math.round(at), lastAt + 1);
    if (!video.picture(time, data))
      return end(`The video ends here: there was no room for more than ${Math.round(limit / 100_000) / 10} MB.`);
    lastAt = time;
    lastJpeg = data;
  };
  const putLate = () => {
    clearTimeout(timer);
    timer = undefined;
    const frame = late;
    late = undefined;
    if (frame) put(frame);
  };
  // of pictures that come too fast, the last is kept: the page stays as it shows it
  const take = (frame: Frame) => {
    // on a busy machine they overtake each other, and come when what they show is over
    if (frame.at < Math.max(restedUntil, lastAt, late?.at ?? 0)) return;
    const early = lastAt + 1000 / rate - frame.at;
    if (early <= 0 && !timer) return put(frame);
    late = frame;
    timer ??= setTimeout(putLate, Math.max(early, 0)).unref();
  };
  const pause = () => {
    unwatch?.();
    unwatch = undefined;
    clearTimeout(timer);
    timer = undefined;
  };
  const watch = () => {
    pause();
    if (!hasEnded && !gap && stoppedAt === undefined) unwatch = cast?.watch(take, rate);
  };
  const stop = () => {
    if (stoppedAt !== undefined) return;
    if (!gap) putLate();
    pause();
    stoppedAt = Date.now();
    if (gap) video.note(gap.from, stoppedAt, gap.text);
  };
  return {
    follow: (next) => {
      if (next === cast) return;
      putLate();
      cast = next;
      watch();
    },
    rest: () => {
      if (gap || stoppedAt !== undefined) return;
      putLate();
      pause();
      gap ??= { from: Date.now(), text: "A person had the page: nothing was recorded." };
    },
    goOn: () => {
      if (!gap || hasEnded || stoppedAt !== undefined) return;
      restedUntil = Date.now();
      video.note(gap.from, restedUntil, gap.text);
      gap = undefined;
      watch();
    },
    stop,
    finish: async (keep) => {
      stop();
      const remove = () => rm(unfinished, { force: true });
      try {
        // what is still on its way to the disk would make the file anew
        const isThere = await video.complete(stoppedAt ?? Date.now());
        if (!isThere || !keep) return await remove();
        await rename(unfinished, store.pathOf(videoName));
        await store.adopt({ type: "video", name: videoName, file: videoName, contentType: videoContentType, step: null });
      } catch {
        await remove().catch(() => {});
        log.write(null, "warn", "The video could not be kept: there was no room for it on the disk, or in what a run may leave behind.");
      }
    },
  };
}
