import * as z from "zod";
import { type RefusedProfile, refusedProfile } from "../schemas/profile-bulk.ts";
import type { Configured } from "./configure-made.ts";

const refusal = z.object({ refused: z.array(refusedProfile) });

/**
 * Has those of these profiles changed that can be, of one runner. `send` signs and sends one `profile.configure`, which is all or none:
 * where the server names some that cannot be, by what it says beside its error (`detailsOf`), the others are sent without them. What is
 * thrown for another reason is thrown on. @returns those that were refused
 */
export async function configureMost(
  profiles: readonly Configured[],
  send: (profiles: Configured[]) => Promise<unknown>,
  detailsOf: (error: unknown) => unknown,
): Promise<RefusedProfile[]> {
  const refused: RefusedProfile[] = [];
  for (let rest = [...profiles]; rest.length > 0; ) {
    try {
      await send(rest);
      break;
    } catch (error) {
      const named = refusal.safeParse(detailsOf(error)).data?.refused ?? [];
      const codes = new Map(named.map((one) => [one.id, one]));
      const left = rest.filter(({ profileId }) => !codes.has(profileId));
      if (left.length === rest.length) throw error;
      refused.push(...rest.flatMap(({ profileId }) => codes.get(profileId) ?? []));
      rest = left;
    }
  }
  return refused;
}
