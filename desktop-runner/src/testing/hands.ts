import type { HoldAct } from "../holds/run-holds.ts";
import type { HoldNewsFacts, WorkerMessage } from "../worker/messages.ts";
import type { WorkerBed } from "./worker-bed.ts";

/** A press of the left button. */
export const press = (x: number, y: number): HoldAct[] => [
  { t: "move", x, y },
  { t: "down", x, y, button: "left", clicks: 1 },
  { t: "up", x, y, button: "left", clicks: 1 },
];

/** A person's hands on the pages of a worker's runs. */
export function handsOn(bed: WorkerBed) {
  let number = 0;
  return {
    /** Resolves when the page has these; the answer is what went wrong with them. */
    async act(runId: string, ...acts: HoldAct[]) {
      const mine = ++number;
      bed.worker.send({ type: "hold-input", runId, number: mine, acts });
      return bed.worker.until(
        (message): message is Extract<WorkerMessage, { type: "hold-done" }> => message.type === "hold-done" && message.number === mine,
      );
    },
    async news(runId: string, fits: (news: HoldNewsFacts) => boolean): Promise<HoldNewsFacts> {
      const told = await bed.worker.until(
        (message): message is Extract<WorkerMessage, { type: "hold-news" }> =>
          message.type === "hold-news" && message.runId === runId && fits(message.news),
      );
      return told.news;
    },
    hold: (runId: string, on: boolean) => bed.worker.send({ type: "hold", runId, on }),
  };
}
