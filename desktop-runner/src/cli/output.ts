import { isDiskFull } from "../journal/is-disk-full.ts";
import { CliError } from "./failure.ts";

export type Streams = { out(text: string): void; err(text: string): void };

/**
 * Where a command's words go. With `--json` each line of the output is one JSON object with a `type`, the last one is a `result` or
 * an `error`, and nothing else is printed; without it, people read it.
 */
export class Output {
  readonly json: boolean;
  readonly #streams: Streams;

  constructor(json: boolean, streams: Streams) {
    this.json = json;
    this.#streams = streams;
  }

  /** One fact: an object for programs, a line for people (none when it is undefined). */
  tell(record: { type: string } & Record<string, unknown>, line?: string): void {
    if (this.json) this.#streams.out(`${JSON.stringify(record)}\n`);
    else if (line !== undefined) this.#streams.out(`${line}\n`);
  }

  /** The last line of a command that did what it was asked to. */
  result(record: Record<string, unknown>, line?: string): void {
    this.tell({ type: "result", ...record }, line);
  }

  /** A file's content as it is, for a pipe or a redirection; never with `--json`. */
  print(content: string): void {
    this.#streams.out(content);
  }

  /** The last line of a command that did not. Returns the exit code. */
  fail(error: unknown): number {
    const known = asCliError(error);
    const { code, message, whatToDo, details } = known;
    if (this.json) {
      this.#streams.out(`${JSON.stringify({ type: "error", code, message, whatToDo, ...(details === undefined ? {} : { details }) })}\n`);
    } else {
      this.#streams.err(`${message}\n${whatToDo ? `${whatToDo}\n` : ""}`);
      for (const line of detailLines(details)) this.#streams.err(`  ${line}\n`);
    }
    return known.exitCode;
  }
}

function asCliError(error: unknown): CliError {
  if (error instanceof CliError) return error;
  const details = error instanceof Error ? error.message : String(error);
  if (isDiskFull(error)) {
    const whatToDo = "Make room on it, then do it again. What there was before is as it was.";
    return new CliError("RUNNER_DISK_FULL", 3, "This computer's disk, or what you may use of it, is full.", whatToDo, { details });
  }
  return new CliError("INTERNAL", 3, "Something went wrong inside Deskhand.", "Try again, or look at what `deskhand doctor` says.", {
    details,
  });
}

/** The parts of an error's details that have a sentence, for people. */
function detailLines(details: unknown): string[] {
  if (typeof details === "string") return [details];
  const issues = (details as { issues?: unknown } | undefined)?.issues;
  if (!Array.isArray(issues)) return [];
  return issues.flatMap((issue) => (typeof issue?.message === "string" ? [issue.message] : []));
}
