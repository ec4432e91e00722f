import * as z from "zod";

/**
 * queued: waits for its runner · leased: was sent · accepted: the runner has it in its journal · running · and four ends.
 */
export const commandState = z.enum(["queued", "leased", "accepted", "running", "succeeded", "failed", "cancelled", "expired"]);
export type CommandState = z.infer<typeof commandState>;
