import * as z from "zod";
import { id } from "../schemas/common.ts";
import { logLine } from "../schemas/run.ts";
import { refusal } from "./commands.ts";

/** Server to runner: somebody began or stopped looking at a run. */
export const live = z.object({ v: z.literal(1), runId: id, on: z.boolean() });

/** Runner to server to viewers, volatile: a JPEG of the page, `data` is binary. The server acknowledges each; at most two are under way. */
export const frame = z.object({
  v: z.literal(1),
  runId: id,
  width: z.number().int().min(1).max(10_000),
  height: z.number().int().min(1).max(10_000),
  data: z.custom<Uint8Array>((value) => value instanceof Uint8Array && value.byteLength > 0),
});
export type Frame = z.infer<typeof frame>;

/**
 * Runner to server to viewers, volatile: new log lines, as `live-log`, and what the run's pages wrote to their console since, as
 * `live-console`. A viewer that sees a gap in `seq` reads again.
 */
export const liveLog = z.object({ v: z.literal(1), runId: id, lines: z.array(logLine).min(1).max(200) });

/** Server to runner, as `log-request` and as `console-request` for what its pages wrote to their console; answered by {@link logAnswer}. */
export const logRequest = z.object({ v: z.literal(1), runId: id, after: z.number().int().min(0) });

export const logAnswer = z.discriminatedUnion("ok", [
  z.object({ v: z.literal(1), ok: z.literal(true), lines: z.array(logLine).max(1000), more: z.boolean() }),
  refusal,
]);

/**
 * Server to runner: send this artifact. The runner PUTs the bytes to `uploadPath` on the server with `Authorization: Bearer <token>`
 * (single purpose, one minute), from `offset` on. Answered by a receipt: ARTIFACT_GONE when it is no longer kept.
 */
export const artifactRequest = z.object({
  v: z.literal(1),
  artifactId: id,
  runId: id,
  uploadPath: z.string().startsWith("/relay/blobs/").max(200),
  token: z.string().min(20).max(200),
  /** Bytes from the beginning that need not be sent again: an earlier upload of it broke off there. */
  offset: z.number().int().min(0).default(0),
});
export type ArtifactRequest = z.infer<typeof artifactRequest>;

/** Dashboard to server on the /dashboard namespace: watch a run (frames and log lines follow) or stop. Answered by a receipt. */
export const watchRun = z.object({ v: z.literal(1), runId: id, on: z.boolean() });
