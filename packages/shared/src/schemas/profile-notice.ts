import * as z from "zod";
import { instant } from "./common.ts";
import { describeRunFailure, isRunFailureCode } from "./run-failure.ts";

/** What people have to know of a profile until somebody has seen it. */
export const profileNotice = z.object({
  /**
   * `state-restored`: its newest state could not be read, and the one before it was used. `not-deleted`: its runner did not delete it, and it
   * is back. `not-copied`: copies of it were not made. `proxy-mismatch`: it was not opened, in a window, ready for use or for a
   * program, because of its proxy's exit.
   */
  kind: z.enum(["state-restored", "not-deleted", "not-copied", "proxy-mismatch"]),
  /** Why; null where that is no question. */
  code: z.string().nullable(),
  /** Of copies, how many; else 1. */
  count: z.number().int().min(1),
  at: instant,
});
export type ProfileNotice = z.infer<typeof profileNotice>;

/** Most notices that are kept of one profile: the newest. */
export const NOTICES_AT_MOST = 20;

/** Ends of a deletion of which the runner said nothing: what it has of the profile may be as it was. */
const untold: Record<string, string> = {
  COMMAND_EXPIRED: "Its runner did not come back in time to be told that it is deleted",
  RUNNER_LOST: "Its runner was lost before it said that it deleted it",
  RUNNER_REVOKED: "Its runner was disconnected for good before it said that it deleted it",
  CANCEL_UNCONFIRMED: "Its deletion was cancelled, and its runner did not say how far it had come",
};

/** The notice as a sentence or a few. */
export function describeNotice({ kind, code, count }: ProfileNotice): string {
  const why = isRunFailureCode(code) ? ` ${describeRunFailure(code).title}` : "";
  switch (kind) {
    case "state-restored":
      return "Its newest state could not be read, and the one before it was used. Check that it is still signed in.";
    case "not-deleted":
      if (code !== null && untold[code]) return `${untold[code]}, so it is back. What that computer has of it may still be there.`;
      return `Its runner did not delete it, and it is back.${why}`;
    case "not-copied":
      return `${count === 1 ? "A copy of it was" : `${count} copies of it were`} not made.${why}`;
    case "proxy-mismatch":
      return "It was not opened: its proxy led out where its device is not at home. Choose another proxy, or fit the device to the exit.";
  }
}
