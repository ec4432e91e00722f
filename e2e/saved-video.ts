import type { Page } from "@playwright/test";

/** Plays a saved video in a page of its own: its length in seconds, its size, and what it shows near its beginning and its end. */
export async function openVideo(page: Page, bytes: Buffer) {
  // our own pages may not play what is in their address
  const player = await page.context().newPage();
  return player.evaluate(async (base64) => {
    const video = document.createElement("video");
    video.muted = true;
    const is = (event: string) =>
      new Promise((resolve, reject) => {
        video.addEventListener(event, resolve, { once: true });
        video.addEventListener("error", () => reject(new Error(video.error?.message)), { once: true });
      });
    const ready = is("loadeddata");
    video.src = `data:video/webm;base64,${base64}`;
    await ready;
    const { duration, videoWidth: width, videoHeight: height } = video;
    const canvas = new OffscreenCanvas(16, 9);
    const paper = canvas.getContext("2d", { willReadFrequently: true });
    const pictures: string[] = [];
    for (const part of [0.02, 0.98]) {
      const sought = is("seeked");
      video.currentTime = duration * part;
      await sought;
      paper?.drawImage(video, 0, 0, 16, 9);
      pictures.push([...(paper?.getImageData(0, 0, 16, 9).data ?? [])].join());
    }
    return { duration, width, height, pictures };
  }, bytes.toString("base64"));
}
