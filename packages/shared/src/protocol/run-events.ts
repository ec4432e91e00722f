import * as z from "zod";
import { id } from "../schemas/common.ts";
import { proxyExit } from "../schemas/proxy.ts";
import { artifactType, personReason } from "../schemas/run.ts";
import { refusal } from "./commands.ts";

const failureCode = z.string().regex(/^[A-Z][A-Z_]{2,59}$/);
const index = z.number().int().min(0).max(10_000);
/** How often the step has been begun by now: in a loop, its turns. Absent from older runners. */
const turn = z.number().int().min(1).max(2_000_000_000).optional();
/** The runner's clock, milliseconds since the epoch. */
const at = z.number().int().min(0);

/** What happened in a run. States, timings, sizes, hashes and codes only: no page content, no value, no log line. */
export const runEvent = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("started"), at }),
  z.object({ kind: z.literal("step-started"), at, index, turn }),
  z.object({
    kind: z.literal("step-finished"),
    at,
    index,
    turn,
    state: z.enum(["succeeded", "failed", "skipped"]),
    durationMs: z.number().int().min(0),
    failureCode: failureCode.nullable(),
  }),
  z.object({
    kind: z.literal("artifact"),
    at,
    id,
    type: artifactType,
    name: z.string().min(1).max(200),
    stepIndex: index.nullable(),
    bytes: z.number().int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    contentType: z.string().max(100),
  }),
  z.object({ kind: z.literal("profile-saved"), at, bytes: z.number().int().min(0) }),
  /** Where the profile's way out leads, and in what that does not fit its identity. */
  z.object({
    kind: z.literal("proxy-exit"),
    at,
    proxyId: id,
    exit: proxyExit,
    latencyMs: z.number().int().min(0),
    mismatch: z.string().max(300).nullable(),
  }),
  z.object({ kind: z.literal("proxy-failed"), at, proxyId: id, failureCode }),
  /** What has gone over a proxy, the greetings and encryption included. */
  z.object({ kind: z.literal("proxy-used"), at, proxyId: id, bytesSent: z.number().int().min(0), bytesReceived: z.number().int().min(0) }),
  /** A person has its page, by the task of this id, until `given-back`. */
  z.object({ kind: z.literal("held"), at, commandId: id }),
  z.object({ kind: z.literal("given-back"), at }),
  /** It needs a person, and goes on by its own rule at `until`. */
  z.object({ kind: z.literal("waiting"), at, index, reason: personReason, until: at }),
  z.object({ kind: z.literal("resumed"), at }),
  z.object({
    kind: z.literal("finished"),
    at,
    state: z.enum(["succeeded", "failed", "cancelled"]),
    failureCode: failureCode.nullable(),
    failureStep: index.nullable(),
  }),
]);
export type RunEvent = z.infer<typeof runEvent>;

/** Runner to server. `firstSeq` is the sequence of the first event; a run's sequence starts at 1 and has no gaps. */
export const runEvents = z.object({
  v: z.literal(1),
  runId: id,
  leaseToken: id,
  firstSeq: z.number().int().min(1),
  events: z.array(runEvent).min(1).max(500),
});
export type RunEvents = z.infer<typeof runEvents>;

/** `ackedSeq` is the last event that is stored; when it is less than what was sent before, the runner sends again from there. */
export const runEventsAnswer = z.discriminatedUnion("ok", [
  z.object({ v: z.literal(1), ok: z.literal(true), ackedSeq: z.number().int().min(0) }),
  refusal,
]);
export type RunEventsAnswer = z.infer<typeof runEventsAnswer>;
