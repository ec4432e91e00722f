import { readArtifact } from "./artifact-content.ts";
import { type Film, pictureAt } from "./film-logic.ts";
import { withDuration } from "./webm-duration.ts";

/** Pictures a second of the video. */
const rate = 10;
const types = ["video/webm;codecs=vp9", "video/webm", "video/mp4"];

export function canSaveFilm(): boolean {
  return typeof MediaRecorder !== "undefined" && types.some((type) => MediaRecorder.isTypeSupported(type));
}

/**
 * The film as a video: this browser has the encoder, so that no runner needs one. It takes as long as the film is. `onTime` is told how far
 * it has come, milliseconds. @throws ArtifactError when a picture cannot be had, AbortError
 */
export async function saveFilm(film: Film, onTime: (ms: number) => void, signal: AbortSignal): Promise<Blob> {
  const pictures = new Map<string, ImageBitmap>();
  for (const { id } of film.pictures) {
    signal.throwIfAborted();
    const response = await readArtifact(id);
    pictures.set(id, await createImageBitmap(await response.blob()));
  }
  const sizes = [...pictures.values()];
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(...sizes.map(({ width }) => width));
  canvas.height = Math.max(...sizes.map(({ height }) => height));
  const paper = canvas.getContext("2d");
  const type = types.find((one) => MediaRecorder.isTypeSupported(one)) ?? "";
  const stream = canvas.captureStream(rate);
  const recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: 2_000_000 });
  const parts: Blob[] = [];
  recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
  const stopped = new Promise<void>((resolve) => recorder.addEventListener("stop", () => resolve(), { once: true }));
  recorder.start(1000);
  const began = performance.now();
  await new Promise<void>((resolve) => {
    const draw = () => {
      const ms = performance.now() - began;
      const picture = pictures.get(pictureAt(film, ms)?.id ?? "");
      if (paper && picture) {
        paper.fillRect(0, 0, canvas.width, canvas.height);
        paper.drawImage(picture, (canvas.width - picture.width) / 2, (canvas.height - picture.height) / 2);
      }
      onTime(Math.min(ms, film.lengthMs));
      if (ms < film.lengthMs && !signal.aborted) return;
      clearInterval(timer);
      resolve();
    };
    const timer = setInterval(draw, 1000 / rate);
    draw();
  });
  recorder.stop();
  await stopped;
  for (const track of stream.getTracks()) track.stop();
  for (const picture of sizes) picture.close();
  signal.throwIfAborted();
  const video = new Uint8Array(await new Blob(parts).arrayBuffer());
  return new Blob([withDuration(video, film.lengthMs)], { type: type.split(";")[0] ?? type });
}
