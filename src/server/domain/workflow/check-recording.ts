import { parseRecording } from "@deskhand/shared/schemas/recording";
import type { CheckedRecordingView, checkRecordingInput } from "@deskhand/shared/schemas/workflow";
import type * as z from "zod";
import type { Context } from "@/server/context";
import { authorize } from "@/server/domain/project/policy";
import { AppError } from "@/server/errors";
import { inputSchemaOf, viewSteps } from "./read-recording.ts";

/**
 * Reads a recording without keeping it: its steps, or what is wrong with it. It touches no project; one that is named must be the
 * actor's. @throws AppError UNAUTHENTICATED for nobody in particular
 */
export async function checkRecording(ctx: Context, input: z.output<typeof checkRecordingInput>): Promise<CheckedRecordingView> {
  if (ctx.actor.kind === "apiKey" || input.projectId) await authorize(ctx, input.projectId, "project.read");
  else if (ctx.actor.kind !== "user") throw new AppError("UNAUTHENTICATED");
  const parsed = parseRecording(input.recording);
  if (!parsed.ok) return { ok: false, issues: parsed.issues };
  const { recording } = parsed;
  return { ok: true, title: recording.title, steps: viewSteps(recording), inputSchema: inputSchemaOf(recording) };
}
