import type { RateLimit } from "@/server/limits";

/** Bytes of a message: it names what is to be done, and is no way to send files. */
export const MAX_MESSAGE_BYTES = 64_000;

/** A message is remembered for longer than its time lets it be taken: five minutes before and after, milliseconds. */
export const REMEMBERED_MS = 15 * 60_000;

/** Messages for one trigger from one network address, whether they are signed rightly or not. */
export const callsByAddress: RateLimit = { name: "trigger-address", points: 300, seconds: 60 };

/** Messages that are signed rightly: what the runner will take, counted here first. */
export function callsByTrigger(perHour: number): RateLimit {
  return { name: "trigger", points: perHour, seconds: 60 * 60 };
}
