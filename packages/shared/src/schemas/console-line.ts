import * as z from "zod";
import type { LogLine } from "./run.ts";

const consoleLine = z.object({ at: z.number(), step: z.number().int().min(0).nullable(), level: z.string(), text: z.string() });

/** What of the pages' console a runner keeps for a run at most, bytes. */
export const CONSOLE_KEPT_BYTES = 256 * 1024;

/**
 * A line of a run's console.log as a line of a log. Its number in the file, from 1, is its sequence. Undefined for one that is cut off.
 */
export function readConsoleLine(text: string, number: number): LogLine | undefined {
  const line = consoleLine.safeParse(parse(text)).data;
  if (!line) return undefined;
  const { at, step, level, text: message } = line;
  return { seq: number, at: new Date(at).toISOString(), step, level: levels[level] ?? "info", message };
}

const levels: Record<string, LogLine["level"]> = { error: "error", assert: "error", warning: "warn", debug: "debug", trace: "debug" };

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
