import * as z from "zod";
import { instant } from "./common.ts";
import { describeRunFailure, isRunFailureCode } from "./run-failure.ts";

/** What people have to know of a profile until somebody has seen it. */
export const profileNotice = z.object({
  /**
   * `state-restored`: its newest state could not be read, and the one before it was used. `not-deleted`: its runner did not delete it, and it
   * is back. `not-copied`: copies of it were not made.
   */
  kind: z.enum(["state-restored", "not-deleted", "not-copied"]),
  /** Why; null where that is no question. */
  code: z.string().nullable(),
  /** Of copies, how many; else 1. */
  count: z.number().int().min(1),
  at: instant,
});
export type ProfileNotice = z.infer<typeof profileNotice>;

/** Most notices that are kept of one profile: the newest. */
export const NOTICES_AT_MOST = 20;

/** The notice as a sentence or a few. */
export function describeNotice({ kind, code, count }: ProfileNotice): string {
  const why = isRunFailureCode(code) ? ` ${describeRunFailure(code).title}` : "";
  switch (kind) {
    case "state-restored":
      return "Its newest state could not be read, and the one before it was used. Check that it is still signed in.";
    case "not-deleted":
      return `Its runner did not delete it, and it is back.${why}`;
    case "not-copied":
      return `${count === 1 ? "A copy of it was" : `${count} copies of it were`} not made.${why}`;
  }
}
