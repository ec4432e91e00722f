import type { LogLine } from "@deskhand/shared/schemas/run";
import * as z from "zod";

const consoleLine = z.object({ at: z.number(), step: z.number().int().min(0).nullable(), level: z.string(), text: z.string() });

/** What of it a runner keeps for a run at most, bytes. */
const keptBytes = 256 * 1024;

/** What pages wrote to their console, from the file that the runner keeps: a line of JSON for each. One that is cut off is passed over. */
export function readConsole(file: string): { lines: LogLine[]; isCut: boolean } {
  const lines = file.split("\n").flatMap((text, index): LogLine[] => {
    const line = consoleLine.safeParse(parse(text)).data;
    if (!line) return [];
    const { at, step, level, text: message } = line;
    return [{ seq: index + 1, at: new Date(at).toISOString(), step, level: levels[level] ?? "info", message }];
  });
  return { lines, isCut: file.length > keptBytes };
}

const levels: Record<string, LogLine["level"]> = { error: "error", assert: "error", warning: "warn", debug: "debug", trace: "debug" };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
