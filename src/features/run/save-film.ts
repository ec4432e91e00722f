import { readArtifact } from "./artifact-content.ts";
import { type Film, pictureAt } from "./film-logic.ts";
import { playedMs, type RunVideo, skipsOf, videoPictureAt, videoTimeAfter } from "./video-logic.ts";
import { withDuration } from "./webm-duration.ts";

/** Pictures a second of the video. */
const rate = 10;
const types = ["video/webm;codecs=vp9", "video/webm", "video/mp4"];

/** What is to be saved: the picture to be shown at each time, in ms; the size of the largest, in pixels. */
export type Footage = {
  lengthMs: number;
  width: number;
  height: number;
  pictureAt(ms: number): ImageBitmap | undefined | Promise<ImageBitmap | undefined>;
  close(): void;
};

export function canSaveFilm(): boolean {
  return typeof MediaRecorder !== "undefined" && types.some((type) => MediaRecorder.isTypeSupported(type));
}

/** @throws ArtifactError when a picture cannot be had, AbortError */
export async function footageOfFilm(film: Film, signal: AbortSignal): Promise<Footage> {
  const pictures = new Map<string, ImageBitmap>();
  for (const { id } of film.pictures) {
    const response = await readArtifact(id, signal);
    pictures.set(id, await createImageBitmap(await response.blob()));
  }
  const all = [...pictures.values()];
  return {
    lengthMs: film.lengthMs,
    width: Math.max(...all.map(({ width }) => width)),
    height: Math.max(...all.map(({ height }) => height)),
    pictureAt: (ms) => pictures.get(pictureAt(film, ms)?.id ?? ""),
    close: () => {
      for (const picture of all) picture.close();
    },
  };
}

/** The video as it plays, without its long still stretches; one picture of it is in memory at a time. */
export async function footageOfVideo(video: RunVideo): Promise<Footage> {
  const skips = skipsOf(video);
  const at = (index: number) => video.pictures[index]?.jpeg ?? new Blob();
  let shown = { index: 0, picture: await createImageBitmap(at(0)) };
  const { width, height } = shown.picture;
  return {
    lengthMs: playedMs(video, skips),
    width,
    height,
    pictureAt: async (ms) => {
      const index = videoPictureAt(video, videoTimeAfter(skips, ms));
      if (index !== shown.index) {
        const picture = await createImageBitmap(at(index));
        shown.picture.close();
        shown = { index, picture };
      }
      return shown.picture;
    },
    close: () => shown.picture.close(),
  };
}

/**
 * A video file: this browser has the encoder, so that no runner needs one. It takes as long as the film is. `onTime` is told how far it has
 * come, milliseconds. @throws AbortError
 */
export async function saveFootage(footage: Footage, onTime: (ms: number) => void, signal: AbortSignal): Promise<Blob> {
  const { lengthMs } = footage;
  const canvas = document.createElement("canvas");
  canvas.width = footage.width;
  canvas.height = footage.height;
  const paper = canvas.getContext("2d");
  const type = types.find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
  const stream = canvas.captureStream(rate);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 2_000_000 });
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const stopped = new Promise<void>((resolve) => recorder.addEventListener("stop", () => resolve(), { once: true }));
  recorder.start(1000);
  const began = performance.now();
  for (let ms = 0; !signal.aborted; ms = performance.now() - began) {
    const picture = await footage.pictureAt(Math.min(ms, lengthMs));
    if (paper && picture) {
      const scale = Math.min(1, canvas.width / picture.width, canvas.height / picture.height);
      const [width, height] = [picture.width * scale, picture.height * scale];
      paper.fillRect(0, 0, canvas.width, canvas.height);
      paper.drawImage(picture, (canvas.width - width) / 2, (canvas.height - height) / 2, width, height);
    }
    onTime(Math.min(ms, lengthMs));
    if (ms >= lengthMs) break;
    await new Promise((resolve) => setTimeout(resolve, 1000 / rate));
  }
  recorder.stop();
  await stopped;
  for (const track of stream.getTracks()) track.stop();
  footage.close();
  signal.throwIfAborted();
  const video = new Uint8Array(await new Blob(parts).arrayBuffer());
  return new Blob([withDuration(video, lengthMs)], { type: type.split(";")[0] ?? type });
}
