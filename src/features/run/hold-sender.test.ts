import type { HoldInput } from "@deskhand/shared/protocol/hold";
import { expect, it, vi } from "vitest";
import { createHoldSender } from "./hold-sender.ts";

const move = (x: number): HoldInput => ({ t: "move", x, y: 0 });

function setUp() {
  const sent: { seq: number; inputs: HoldInput[]; answer: (error?: Error) => void }[] = [];
  const onTrouble = vi.fn();
  const delays: number[] = [];
  const sender = createHoldSender({
    send: (seq, inputs) =>
      new Promise((resolve, reject) => sent.push({ seq, inputs, answer: (error) => (error ? reject(error) : resolve()) })),
    onDelay: (ms) => delays.push(ms),
    onTrouble,
    now: () => sent.length * 10,
  });
  const next = (count: number) => vi.waitUntil(() => sent.length === count);
  return { sent, sender, onTrouble, delays, next };
}

it("sends one message at a time, and then all that came meanwhile with only the last place of the pointer", async () => {
  const { sent, sender, delays, next } = setUp();
  sender.add(move(1));
  sender.add(move(2), move(3), { t: "wheel", x: 0, y: 0, dx: 0, dy: 5 }, { t: "wheel", x: 1, y: 0, dx: 0, dy: 7 });
  expect(sent.map(({ inputs }) => inputs)).toEqual([[move(1)]]);
  sent[0]?.answer();
  await next(2);
  expect(sent[1]).toMatchObject({ seq: 2, inputs: [move(3), { t: "wheel", x: 1, dy: 12 }] });
  expect(delays).toEqual([10]);
});

it("tells when a message did not arrive, and goes on with the next", async () => {
  const { sent, sender, onTrouble, next } = setUp();
  sender.add(move(1));
  sender.add({ t: "keep" });
  sent[0]?.answer(new Error("gone"));
  await next(2);
  expect(onTrouble).toHaveBeenCalledOnce();
  expect(sent[1]?.inputs).toEqual([{ t: "keep" }]);
});
