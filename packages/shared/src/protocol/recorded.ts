import * as z from "zod";
import { id } from "../schemas/common.ts";

/**
 * A person who holds a run that records: what they do becomes steps. The steps are told as a whole each time, so that a message that is lost
 * costs nothing; the run keeps them too.
 */

/** UTF-16 units of all recorded steps together, as JSON; the recorder pauses there. */
export const RECORDED_MAX_LENGTH = 300_000;

/** What is made of the element that is pointed at. */
export const pickPurpose = z.enum(["visible", "text", "extract-text", "extract-attribute", "extract-table"]);
export type PickPurpose = z.infer<typeof pickPurpose>;

export const recordAct = z.discriminatedUnion("do", [
  z.object({ do: z.literal("pause"), on: z.boolean() }),
  /** Takes back what was recorded last: a click, or a key with its modifiers. */
  z.object({ do: z.literal("undo") }),
  z.object({ do: z.literal("remove"), id: z.number().int() }),
  /** `step`: JSON of a step */
  z.object({ do: z.literal("edit"), id: z.number().int(), step: z.string().max(50_000) }),
  /** The next press chooses an element; null: it does not any more. */
  z.object({ do: z.literal("pick"), purpose: pickPurpose.nullable() }),
  /** Says again what there is. */
  z.object({ do: z.literal("tell") }),
  /** Nothing more is recorded, and the run ends. */
  z.object({ do: z.literal("finish") }),
]);
export type RecordAct = z.infer<typeof recordAct>;

/** Runner to server to viewers, volatile and repeated. */
export const recorded = z.object({
  v: z.literal(1),
  runId: id,
  holdId: id,
  /** Only grows. */
  revision: z.number().int().min(0),
  isPaused: z.boolean(),
  /** No room for more. */
  isFull: z.boolean(),
  picking: pickPurpose.nullable(),
  /** The person has closed the window that they did it in: there is nothing more to come. */
  isClosed: z.boolean().optional(),
  /** Parsed again where they are used. */
  steps: z.array(z.object({ id: z.number().int(), step: z.record(z.string(), z.unknown()) })).max(2_000),
});
export type Recorded = z.infer<typeof recorded>;
