import type { HoldInput } from "@deskhand/shared/protocol/hold";

/** Inputs of one message. */
const AT_ONCE = 100;

type Outside = {
  /** Resolves when the page has them; rejects when they could not be brought to it. */
  send(seq: number, inputs: HoldInput[]): Promise<void>;
  /** How long the last message took there and back, milliseconds. */
  onDelay(ms: number): void;
  onTrouble(error: unknown): void;
  now?(): number;
};

export type HoldSender = { add(...inputs: HoldInput[]): void; close(): void };

/**
 * Brings what a person does to the page in its order, one message at a time: what comes meanwhile goes together with the next, and of the
 * pointer's way only where it has come to. A slow line makes the hand coarse, never late by more than one message.
 */
export function createHoldSender({ send, onDelay, onTrouble, now = () => performance.now() }: Outside): HoldSender {
  let waiting: HoldInput[] = [];
  let seq = 0;
  let busy = false;
  let closed = false;

  async function work(): Promise<void> {
    busy = true;
    while (waiting.length > 0 && !closed) {
      const inputs = next(waiting);
      waiting = waiting.slice(inputs.length);
      const began = now();
      try {
        await send(++seq, inputs);
        onDelay(Math.round(now() - began));
      } catch (error) {
        onTrouble(error);
      }
    }
    busy = false;
  }
  return {
    add(...inputs) {
      for (const input of inputs) waiting = merged(waiting, input);
      if (!busy) void work();
    },
    close() {
      closed = true;
    },
  };
}

/** A part of a file, or a draft, is a message of its own: several would be larger than one may be. */
function next(waiting: HoldInput[]): HoldInput[] {
  const file = waiting.findIndex((input) => input.t === "file" || input.t === "text" || (input.t === "trial" && input.act.do === "load"));
  return waiting.slice(0, file < 0 ? AT_ONCE : Math.min(Math.max(file, 1), AT_ONCE));
}

function merged(waiting: HoldInput[], input: HoldInput): HoldInput[] {
  const last = waiting.at(-1);
  if (last?.t === "move" && input.t === "move") return [...waiting.slice(0, -1), input];
  if (last?.t === "wheel" && input.t === "wheel")
    return [...waiting.slice(0, -1), { ...input, dx: last.dx + input.dx, dy: last.dy + input.dy }];
  return [...waiting, input];
}
