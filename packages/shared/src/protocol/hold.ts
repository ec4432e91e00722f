import * as z from "zod";
import { id } from "../schemas/common.ts";
import { refusal } from "./commands.ts";
import { recordAct } from "./recorded.ts";
import { trialAct } from "./trial.ts";

/**
 * A person has a run's page for themselves: asked for by the task `run.hold`, whose command's id names the hold. What they do comes as
 * inputs, each message answered when the page has it. Where the task was signed it names a key that signs the messages, so that nobody on
 * the way can put in any of their own.
 */

/** Bytes of one part of a file, before base64. */
export const FILE_PART_BYTES = 192 * 1024;
/** Bytes of all files that are given to a page at once. */
export const FILES_MAX_BYTES = 50 * 1024 * 1024;

/** CSS pixels of the page's window. */
const coordinate = z.number().min(-10_000).max(100_000);
const at = { x: coordinate, y: coordinate };
const button = z.enum(["left", "middle", "right"]);
/** A KeyboardEvent's `key`: one character, or a name. */
const key = z.string().min(1).max(40);

export const holdInput = z.discriminatedUnion("t", [
  z.object({ t: z.literal("move"), ...at }),
  z.object({ t: z.literal("down"), ...at, button, clicks: z.number().int().min(1).max(3) }),
  z.object({ t: z.literal("up"), ...at, button, clicks: z.number().int().min(1).max(3) }),
  z.object({ t: z.literal("wheel"), ...at, dx: coordinate, dy: coordinate }),
  /** A finger, put down and taken up at once. */
  z.object({ t: z.literal("tap"), ...at }),
  z.object({ t: z.literal("key-down"), key, /** KeyboardEvent.code */ code: z.string().max(40) }),
  z.object({ t: z.literal("key-up"), key, code: z.string().max(40) }),
  /** As if it were pasted. */
  z.object({ t: z.literal("text"), text: z.string().min(1).max(100_000) }),
  z.object({ t: z.literal("go"), to: z.union([z.enum(["back", "forward", "reload"]), z.url({ protocol: /^https?$/ }).max(8_000)]) }),
  /** Shows another of its tabs. */
  z.object({ t: z.literal("tab"), index: z.number().int().min(0).max(100) }),
  /** A part of a file that the page asked for; `done` with the last part of the last one. */
  z.object({
    t: z.literal("file"),
    chooserId: id,
    index: z.number().int().min(0).max(99),
    name: z.string().min(1).max(255),
    type: z.string().max(200),
    /** base64 */
    data: z.base64().max(Math.ceil((FILE_PART_BYTES * 4) / 3) + 4),
    done: z.boolean(),
  }),
  z.object({ t: z.literal("no-file"), chooserId: id }),
  /** What a dialog of the page is answered with; `text` of a prompt that is accepted. */
  z.object({ t: z.literal("dialog"), dialogId: id, accept: z.boolean(), text: z.string().max(1_000).optional() }),
  /** Of a run that records: what to do with what is recorded. */
  z.object({ t: z.literal("record"), act: recordAct }),
  /** Of a trial run: what to do with the draft. */
  z.object({ t: z.literal("trial"), act: trialAct }),
  /** Still here. */
  z.object({ t: z.literal("keep") }),
  /** The run goes on. */
  z.object({ t: z.literal("give-back") }),
]);
export type HoldInput = z.infer<typeof holdInput>;

/** What is signed, and sent as text so that it stays as it was signed. `seq` only grows. */
export const holdInputs = z.object({
  holdId: id,
  seq: z.number().int().min(1),
  inputs: z.array(holdInput).min(1).max(100),
});
export type HoldInputs = z.infer<typeof holdInputs>;

/** Viewer to server to runner, answered by {@link holdAnswer}. */
export const holdMessage = z.object({
  v: z.literal(1),
  runId: id,
  holdId: id,
  /** JSON of {@link holdInputs} */
  text: z.string().max(1_000_000),
  /** Ed25519 over `text`, base64; with the key that the task names. */
  signature: z.base64().max(100).optional(),
});
export type HoldMessage = z.infer<typeof holdMessage>;

/** `ok`: the page has them. */
export const holdAnswer = z.discriminatedUnion("ok", [z.object({ v: z.literal(1), ok: z.literal(true) }), refusal]);
export type HoldAnswer = z.infer<typeof holdAnswer>;

/** Runner to server to viewers, volatile and repeated: what a person who holds the run needs to see besides the picture. */
export const holdNews = z.object({
  v: z.literal(1),
  runId: id,
  holdId: id,
  tabs: z.array(z.object({ url: z.string().max(2_000), title: z.string().max(300) })).max(100),
  /** Which of them is shown. */
  shown: z.number().int().min(0),
  /** The page waits for files. */
  chooser: z.object({ id, multiple: z.boolean() }).nullable(),
  /** What the page said last in a dialog that was answered by itself, or still is asked. */
  dialog: z.string().max(500).nullable(),
  /** The page asks something, and stands still until it is answered; after a minute it is by itself. Absent from runners that answer all. */
  asks: z
    .object({
      id,
      kind: z.enum(["alert", "confirm", "prompt", "beforeunload"]),
      message: z.string().max(2_000),
      /** what the page suggests */
      value: z.string().max(1_000),
    })
    .nullable()
    .optional(),
  /** What the person did last that the page did not take, in words: a file, or an address. Absent from runners that do not tell. */
  trouble: z.string().max(500).nullable().optional(),
  /** The run has stopped between two steps; before that, what it was doing goes on. */
  isWaiting: z.boolean(),
});
export type HoldNews = z.infer<typeof holdNews>;
