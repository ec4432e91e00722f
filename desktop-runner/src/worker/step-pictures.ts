import type { Page } from "playwright-core";
import { type ArtifactStore, safeFileName } from "../browser/artifacts.ts";
import type { PreparedContext } from "../browser/browser-pool.ts";
import { type Screencast, startScreencast } from "../browser/screencast.ts";

export type StepPictures = {
  /** The moving picture of that page, if it has one. */
  castOf(page: Page): Screencast | undefined;
  /** Keeps a picture of how the page looks after a step; does not hold up the next one. `sure` for a step that failed. */
  keep(index: number, page: Page, sure: boolean): void;
  /** What a recording's own screenshot step asks for. */
  take(index: number, page: Page, name: string, fullPage: boolean): Promise<void>;
  /** Waits until every picture is on the disk. */
  finish(): Promise<void>;
};

const maxPages = 8;

/** A picture after each step, taken from the screencast of the page that the step worked on. */
export function createStepPictures(prepared: PreparedContext, store: ArtifactStore, onFailure: (error: unknown) => void): StepPictures {
  const casts = new Map<Page, Screencast>([[prepared.page, prepared.cast]]);
  const under = new Set<Promise<void>>();
  prepared.context.on("page", (page) => {
    page.once("close", () => casts.delete(page));
    if (casts.size >= maxPages) return;
    startScreencast(prepared.context, page).then(
      (cast) => casts.set(page, cast),
      () => {}, // it closed at once
    );
  });

  const write = (index: number, name: string, file: string, data: Buffer) =>
    store.write({ type: "screenshot", name, file, contentType: "image/jpeg", step: index }, data);
  const fileOf = (index: number, name: string) => `step-${String(index + 1).padStart(3, "0")}${name && `-${safeFileName(name)}`}.jpg`;

  return {
    castOf: (page) => casts.get(page),
    keep: (index, page, sure) => {
      const cast = casts.get(page);
      if (!cast) return;
      const work = (async () => {
        const frame = await (sure ? cast.capture() : cast.settle());
        if (frame) await write(index, `Step ${index + 1}`, fileOf(index, ""), frame.data);
      })().catch(onFailure);
      under.add(work);
      void work.finally(() => under.delete(work));
    },
    take: async (index, page, name, fullPage) => {
      const data = await page.screenshot({ type: "jpeg", quality: 80, fullPage, timeout: 10_000 });
      await write(index, name, fileOf(index, name), data);
    },
    finish: async () => {
      await Promise.all(under);
    },
  };
}
