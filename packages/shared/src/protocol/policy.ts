import * as z from "zod";
import { errorCodes } from "../error-codes.ts";
import { id } from "../schemas/common.ts";
import { signingReport } from "./signers.ts";

/** Most refusals in one report. */
export const REFUSALS_PER_REPORT = 100;

/** The runner's clock, milliseconds since the epoch. */
const at = z.number().int().min(0);

/**
 * What a project asks a runner to refuse beyond its own policy. It can only take away: the runner passes over what would allow more, and
 * records that it was asked to. Loose, so that what does not belong here is seen.
 */
export const tightening = z.looseObject({
  deniedHosts: z.array(z.string().max(300)).max(200).default([]),
  /** Largest download, bytes; null leaves it to the runner. */
  maxDownloadBytes: z.number().int().min(0).nullable().default(null),
  /** No run begins. A state and no message: of several changes while the runner is away, it hears the last. */
  paused: z.boolean().default(false),
});
export type Tightening = z.infer<typeof tightening>;

/** Server to runner: the tightening has changed. Also in `welcome`, and in the answer to each report. */
export const tighten = z.object({ v: z.literal(1), tightening: z.unknown() });

/** Something that the runner's policy refused, and how often. The same `id` again, with a larger count, is the same refusal. */
export const refusal = z.object({
  id,
  runId: id.nullable(),
  /** host, address, local, scheme, download, member, damaged, widening, signature; more may come. */
  kind: z.string().regex(/^[a-z]{2,20}$/),
  /** The rule that refused, as the owner wrote it, or the name of a built-in one. */
  rule: z.string().min(1).max(200),
  /** A host, or what else was refused; never a path, a query or anything of a page. */
  subject: z.string().min(1).max(200),
  count: z.number().int().min(1),
  /** The run ended because of it. */
  fatal: z.boolean(),
  firstAt: at,
  lastAt: at,
});
export type Refusal = z.infer<typeof refusal>;

/** Runner to server: whether its policy lets it work now, and what it refused since the last report that was stored. */
export const policyReport = z.object({
  v: z.literal(1),
  paused: z.boolean(),
  /** The end of the quiet hours that are now; null outside of them. */
  quietUntil: at.nullable(),
  /** The policy cannot be read: everything is refused. */
  damaged: z.boolean(),
  /** Nothing is allowed: no host has an allowing rule. */
  empty: z.boolean(),
  refusals: z.array(refusal).max(REFUSALS_PER_REPORT),
  /** Absent from older runners, which know nothing of signatures. */
  signing: signingReport.optional(),
});
export type PolicyReport = z.infer<typeof policyReport>;

/** `ok` when all of the report is stored. */
export const policyReportAnswer = z.discriminatedUnion("ok", [
  z.object({ v: z.literal(1), ok: z.literal(true), tightening: z.unknown(), signers: z.unknown().optional() }),
  z.object({ v: z.literal(1), ok: z.literal(false), code: z.enum(errorCodes) }),
]);
