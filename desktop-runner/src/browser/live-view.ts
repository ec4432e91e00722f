import type { Frame, Screencast } from "./screencast.ts";

const maxUnderWay = 2;

export type LiveView = {
  /** Shows another page from now on (a pop-up, or back from it). */
  follow(cast: Screencast): void;
  turn(on: boolean): void;
  /** The viewer's side has taken a frame. */
  acknowledge(): void;
};

/** Passes a run's pictures on while somebody looks, never more than two ahead of the viewer; frames in between are dropped. */
export function createLiveView(send: (frame: Frame) => void): LiveView {
  let cast: Screencast | undefined;
  let stop: (() => void) | undefined;
  let on = false;
  let underWay = 0;
  let waiting: Frame | undefined;

  const offer = (frame: Frame) => {
    if (underWay >= maxUnderWay) {
      waiting = frame;
      return;
    }
    underWay++;
    waiting = undefined;
    send(frame);
  };
  const restart = () => {
    stop?.();
    stop = on ? cast?.watch(offer) : undefined;
  };
  return {
    follow: (next) => {
      if (next === cast) return;
      cast = next;
      restart();
    },
    turn: (wanted) => {
      if (wanted === on) return;
      on = wanted;
      underWay = 0;
      waiting = undefined;
      restart();
    },
    acknowledge: () => {
      underWay = Math.max(0, underWay - 1);
      if (on && waiting) offer(waiting);
    },
  };
}
