import { setTimeout as delay } from "node:timers/promises";
import type { Page } from "playwright-core";
import { type ArtifactStore, safeFileName } from "../browser/artifacts.ts";
import type { PreparedContext } from "../browser/browser-shard.ts";
import { type Frame, type Screencast, startScreencast } from "../browser/screencast.ts";

export type StepPictures = {
  /** The moving picture of that page, if it has one. */
  castOf(page: Page): Screencast | undefined;
  /** Keeps a picture of how the page looks after a step; does not hold up the next one. `sure` for a step that failed. */
  keep(step: PicturedStep, page: Page, sure: boolean): void;
  /** What a recording's own screenshot step asks for. */
  take(index: number, page: Page, name: string, fullPage: boolean): Promise<void>;
  /** Waits until every picture is on the disk. */
  finish(): Promise<void>;
};

/** `number` is what people call the step. */
type PicturedStep = { index: number; number: string; turn: number };

const maxPages = 8;
/** Steps that follow each other within this share a picture, milliseconds: pictures are a fifth of what a quick run costs. */
const leastGapMs = 150;
/** After so many pictures each costs a rest of so many times what it took: a run of hundreds of quick steps would else take longer for its
 * pictures than for its steps. Steps that come meanwhile share the next one. */
const freePictures = 20;
const restTimes = 19;

/** A picture after each step, taken from the screencast of the page that the step worked on. */
export function createStepPictures(prepared: PreparedContext, store: ArtifactStore, onFailure: (error: unknown) => void): StepPictures {
  const casts = new Map<Page, Screencast>([[prepared.page, prepared.cast]]);
  const shots = new Map<number, number>();
  const under = new Set<Promise<void>>();
  const gathering = new Map<Screencast, PicturedStep[]>();
  const closing = Promise.withResolvers<void>();
  let taken = 0;
  let mayTake: Promise<void> = Promise.resolve();
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
  const fileOf = (index: number, name: string, turn = 1) =>
    `step-${String(index + 1).padStart(3, "0")}${turn > 1 ? `-turn-${turn}` : ""}${name && `-${safeFileName(name)}`}.jpg`;

  const nameOf = ({ number, turn }: PicturedStep) => `Step ${number}${turn > 1 ? `, turn ${turn}` : ""}`;

  async function settle(cast: Screencast, steps: PicturedStep[]): Promise<Frame | undefined> {
    gathering.set(cast, steps);
    await Promise.race([mayTake, closing.promise]);
    gathering.delete(cast);
    const began = performance.now();
    const shot = cast.settle();
    const isFree = ++taken <= freePictures;
    mayTake = shot.then(
      () => {
        const took = performance.now() - began;
        return delay(isFree ? leastGapMs - took : took * restTimes, undefined, { ref: false });
      },
      () => {},
    );
    return shot;
  }

  return {
    castOf: (page) => casts.get(page),
    keep: (step, page, sure) => {
      const cast = casts.get(page);
      if (!cast) return;
      const waiting = sure ? undefined : gathering.get(cast);
      if (waiting) return void waiting.push(step);
      const steps = [step];
      const work = (async () => {
        const frame = await (sure ? cast.capture() : settle(cast, steps));
        if (!frame) return;
        for (const of of steps) await write(of.index, nameOf(of), fileOf(of.index, "", of.turn), frame.data);
      })().catch(onFailure);
      under.add(work);
      void work.finally(() => under.delete(work));
    },
    take: async (index, page, name, fullPage) => {
      const data = await page.screenshot({ type: "jpeg", quality: 80, fullPage, timeout: 10_000 });
      const taken = (shots.get(index) ?? 0) + 1;
      shots.set(index, taken);
      await write(index, name, fileOf(index, name, taken), data);
    },
    finish: async () => {
      closing.resolve();
      await Promise.all(under);
    },
  };
}
