import * as z from "zod";

/** A UUID of any version; ours are version 7. */
export const id = z.uuid();

/** An instant as ISO 8601 in UTC. */
export const instant = z.iso.datetime();

/** A name that a person gave: trimmed, 1 to 80 characters, no control characters. */
export const name = z
  .string()
  .trim()
  .min(1, "Give it a name.")
  .max(80, "At most 80 characters.")
  .regex(/^[^\p{Cc}]*$/u, "No control characters.");

/** Names a request that may be sent again and is carried out once; chosen by the caller. */
export const idempotencyKey = z.string().min(8).max(100);

/** The project a call is about. API keys may leave it out: theirs is the only one. */
export const inProject = z.object({ projectId: id.optional() });

export const byId = z.object({ id });

/** One page of a list, newest first. `limit` is 1 to 100. */
export const pageInput = z.object({
  cursor: z.string().max(200).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export function pageOf<T extends z.ZodType>(item: T) {
  return z.object({ items: z.array(item), nextCursor: z.string().nullable() });
}

export type Page<T> = { items: T[]; nextCursor: string | null };

export const done = z.object({ done: z.literal(true) });
