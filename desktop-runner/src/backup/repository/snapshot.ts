import * as z from "zod";

/** Changes of a profile are counted, and say on which runner the last one was. */
export const profileVersion = z.object({ n: z.number().int().min(0), by: z.string() });
export type ProfileVersion = z.infer<typeof profileVersion>;

export const snapshotProfile = z.object({
  id: z.uuid(),
  /** The chunks of its tree: what the profile is made of. The same content has the same tree. */
  tree: z.array(z.string()),
  files: z.number(),
  bytes: z.number(),
  /** It was in use: what its browser had open is as it was saved before. */
  inUse: z.boolean(),
  version: profileVersion,
});
export type SnapshotProfile = z.infer<typeof snapshotProfile>;

export const snapshot = z.object({
  v: z.literal(1),
  id: z.uuid(),
  /** By the clock of the runner that made it, milliseconds since the epoch. */
  at: z.number(),
  writer: z.object({ id: z.string(), name: z.string() }),
  /** `conflict` keeps the loser of two versions that were made without knowing of each other. */
  kind: z.enum(["backup", "conflict"]),
  profiles: z.array(snapshotProfile),
  /** The runner's own: its policy, and artifacts where they are wanted. */
  runner: z.array(z.string()),
  artifacts: z.array(z.string()).nullable(),
});
export type Snapshot = z.infer<typeof snapshot>;

const file = z.object({ path: z.string(), bytes: z.number(), chunks: z.array(z.string()) });
export type TreeFile = z.infer<typeof file>;

/** Without times, so that content that is the same has the same tree. */
export const tree = z.object({
  v: z.literal(1),
  /** As the runner's table has them; null for what is no profile, or was never configured. */
  settings: z.object({ revision: z.number(), settings: z.record(z.string(), z.unknown()) }).nullable(),
  files: z.array(file),
});
export type Tree = z.infer<typeof tree>;
