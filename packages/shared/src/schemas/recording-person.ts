import * as z from "zod";

/** How long a run waits for a person, and what becomes of it when nobody comes. */
const personFields = {
  /** ms */
  timeoutMs: z
    .int()
    .min(1000)
    .max(7 * 24 * 3_600_000)
    .optional(),
  onTimeout: z.enum(["fail", "continue"]).optional(),
};

/**
 * The document's own rule: for a CAPTCHA, a field for a code, and the human steps that do not say. `continue` at a CAPTCHA or a code goes on
 * with the step after the one that could not be done.
 */
export const recordingPersonSchema = z.object(personFields).meta({ id: "WorkflowPerson" });
type RecordingPerson = z.infer<typeof recordingPersonSchema>;

export const humanParametersSchema = z.object({ message: z.string().min(1).max(2000), ...personFields });

export type PersonRule = { timeoutMs: number; onTimeout: "fail" | "continue" };

/** Where nobody says. */
export const usualPersonRule: PersonRule = { timeoutMs: 30 * 60_000, onTimeout: "fail" };

/** What is said; for the rest, what `usual` says. */
export function personRule({ timeoutMs, onTimeout }: RecordingPerson = {}, usual: PersonRule = usualPersonRule): PersonRule {
  return { timeoutMs: timeoutMs ?? usual.timeoutMs, onTimeout: onTimeout ?? usual.onTimeout };
}
