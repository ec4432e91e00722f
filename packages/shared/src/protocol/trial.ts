import * as z from "zod";
import { id } from "../schemas/common.ts";

/**
 * A person who holds a trial run: a draft is carried out step by step on a page that stays open. The draft comes with what they do, so it
 * is signed like everything that they do, and no server keeps it. How it stands is told as a whole each time, so that a message that is
 * lost costs nothing.
 */

/** UTF-16 units of the document as JSON. */
export const TRIAL_DOCUMENT_MAX_LENGTH = 400_000;

const index = z.number().int().min(0).max(10_000);
/** Ways to an element, as a step has them. */
const selectors = z.array(z.union([z.string().max(5_000), z.array(z.string().max(5_000)).max(20)])).max(30);

export const trialAct = z.discriminatedUnion("do", [
  /**
   * The document as it is now. `revision` is the viewer's own number for it; where it has other steps than before, it stands before `next`.
   */
  z.object({
    do: z.literal("load"),
    revision: z.number().int().min(0),
    document: z.string().max(TRIAL_DOCUMENT_MAX_LENGTH),
    next: index.nullable(),
  }),
  /** `from`: the step that it begins at; null: where it stands. `to`: one step, to the end, or until it stands before that step. */
  z.object({ do: z.literal("run"), from: index.nullable(), to: z.union([z.enum(["next", "end"]), index]) }),
  z.object({ do: z.literal("stop") }),
  /** What these lead to on the page, from now on; null: nothing. `frame` and `target` as in a step. */
  z.object({
    do: z.literal("probe"),
    look: z
      .object({
        selectors,
        frame: z.array(z.number().int().min(0).max(1_000)).max(20).optional(),
        target: z.string().max(8_000).optional(),
      })
      .nullable(),
  }),
  /** Says again how it stands. */
  z.object({ do: z.literal("tell") }),
  /** The run ends. */
  z.object({ do: z.literal("finish") }),
]);
export type TrialAct = z.infer<typeof trialAct>;

export const trialStep = z.object({
  index,
  state: z.enum(["running", "succeeded", "failed", "skipped"]),
  durationMs: z.number().int().min(0),
  /** How often it was begun. */
  turns: z.number().int().min(0),
  message: z.string().max(500).nullable(),
  /** What it set or read, as short texts; secrets are masked. */
  values: z.array(z.object({ name: z.string().max(200), text: z.string().max(300) })).max(20),
});
export type TrialStep = z.infer<typeof trialStep>;

/** Pixels of the page's window. */
const box = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() });

export const trialNews = z.object({
  v: z.literal(1),
  runId: id,
  holdId: id,
  /** Only grows. */
  revision: z.number().int().min(0),
  /** Of the document that the numbers of steps are of; null before there is one. */
  document: z.number().int().nullable(),
  isRunning: z.boolean(),
  /** The step that it stands before, or is at; null when it is through. */
  next: index.nullable(),
  /** Why nothing was done, or what the person has to do. */
  note: z.string().max(500).nullable(),
  steps: z.array(trialStep).max(2_000),
  /** What the ways lead to: how many elements each, which way a step would take, and where the elements are. */
  probe: z
    .object({
      counts: z.array(z.number().int().min(0)).max(30),
      chosen: z.number().int().min(0).nullable(),
      /** The first is the one that a step would act on. */
      boxes: z.array(box).max(20),
    })
    .nullable(),
});
export type TrialNews = z.infer<typeof trialNews>;
