import * as z from "zod";

export const retention = z.object({
  /** Of the newest, and the newest of each of the last days, weeks and months in which there are any. */
  last: z.number().int().min(1).max(10_000),
  daily: z.number().int().min(0).max(10_000),
  weekly: z.number().int().min(0).max(10_000),
  monthly: z.number().int().min(0).max(10_000),
});
export type Retention = z.infer<typeof retention>;
export const usualRetention: Retention = { last: 7, daily: 7, weekly: 4, monthly: 12 };

type Dated = { id: string; at: number; kind: "backup" | "conflict"; writer: { id: string } };

/**
 * The snapshots to keep: each runner's by themselves, conflicts by themselves. Days, weeks (from Monday) and months are UTC's, so that all
 * runners agree. The newest backup of a runner is always kept.
 */
export function toKeep(snapshots: readonly Dated[], rules: Retention): Set<string> {
  const keep = new Set<string>();
  const groups = Map.groupBy(snapshots, ({ writer, kind }) => `${kind} ${writer.id}`);
  for (const group of groups.values()) {
    const newestFirst = [...group].sort((a, b) => b.at - a.at || (a.id < b.id ? 1 : -1));
    for (const { id } of newestFirst.slice(0, Math.max(1, rules.last))) keep.add(id);
    for (const [count, bucketOf] of [
      [rules.daily, dayOf],
      [rules.weekly, weekOf],
      [rules.monthly, monthOf],
    ] as const) {
      const seen = new Set<number>();
      for (const { id, at } of newestFirst) {
        const bucket = bucketOf(at);
        if (seen.size >= count && !seen.has(bucket)) break;
        if (seen.has(bucket)) continue;
        seen.add(bucket);
        keep.add(id);
      }
    }
  }
  return keep;
}

const DAY_MS = 24 * 60 * 60_000;
const dayOf = (at: number) => Math.floor(at / DAY_MS);
// the first of January 1970 was a Thursday
const weekOf = (at: number) => Math.floor((dayOf(at) + 3) / 7);
function monthOf(at: number): number {
  const date = new Date(at);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
