import { CONSOLE_KEPT_BYTES, readConsoleLine } from "@deskhand/shared/schemas/console-line";
import type { LogLine } from "@deskhand/shared/schemas/run";

/** What pages wrote to their console, from the file that the runner keeps: a line of JSON for each. One that is cut off is passed over. */
export function readConsole(file: string): { lines: LogLine[]; isCut: boolean } {
  const lines = file.split("\n").flatMap((text, index) => readConsoleLine(text, index + 1) ?? []);
  return { lines, isCut: file.length > CONSOLE_KEPT_BYTES };
}
