import type { RunnerLogLine } from "../../log/runner-log.ts";
import type { Topic } from "../hints.ts";
import type { PageErrorCode } from "../page-error.ts";
import type { PageDisk, PageState } from "../view.ts";

/** What the runner answered instead; AWAY when it did not answer at all. */
export class Refused extends Error {
  readonly code: PageErrorCode | "AWAY";

  constructor(code: Refused["code"], message: string) {
    super(message);
    this.code = code;
  }
}

/** What comes over the stream of hints. */
export type Told = { kind: "hint"; topics: Topic[] } | { kind: "locked" } | { kind: "ended"; message: string };

/** Kept with this page's own origin; a tab that is loaded again still has it. */
const keyPlace = "deskhand-key";

/** Takes the token out of the address, so that nobody reads it there, and trades it for a session. */
export async function enter(): Promise<void> {
  const token = location.hash.slice(1);
  if (token === "") return;
  history.replaceState(null, "", "/");
  const { key } = await call<{ key: string }>("/api/session", { token });
  sessionStorage.setItem(keyPlace, key);
}

export const readState = () => call<PageState>("/api/state");
export const readDisk = () => call<PageDisk>("/api/disk");
export const readLog = async (after: number) => (await call<{ lines: RunnerLogLine[] }>(`/api/log?after=${after}`)).lines;
/** Changes something, and gives what came of it. */
export const change = (path: string, body: object) => call<PageState & { recoveryKey?: string }>(path, body);

async function call<T>(path: string, body?: object): Promise<T> {
  const response = await ask(path, body);
  return (await response.json()) as T;
}

async function ask(path: string, body?: object): Promise<Response> {
  const headers: Record<string, string> = { "x-deskhand-key": sessionStorage.getItem(keyPlace) ?? "" };
  const posting = body && { method: "POST", body: JSON.stringify(body) };
  if (posting) headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, { ...posting, headers });
  } catch {
    throw new Refused("AWAY", "The runner does not answer.");
  }
  if (response.ok) return response;
  const told = (await response.json().catch(() => undefined)) as { code: PageErrorCode; message: string } | undefined;
  throw new Refused(told?.code ?? "INTERNAL", told?.message ?? `The runner answered ${response.status}.`);
}

/** Calls `onTold` for whatever the runner says, until it ends. Not by EventSource, which cannot send the key. @throws Refused */
export async function listen(onOpen: () => void, onTold: (told: Told) => void): Promise<void> {
  const { body } = await ask("/api/hints");
  if (!body) throw new Refused("AWAY", "The runner does not answer.");
  onOpen();
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      const events = (text + value).split("\n\n");
      text = events.pop() ?? "";
      for (const event of events) {
        const told = parseEvent(event);
        if (told) onTold(told);
      }
    }
  } catch {
    throw new Refused("AWAY", "The runner does not answer.");
  }
}

function parseEvent(event: string): Told | undefined {
  const fields = Object.fromEntries(
    event.split("\n").map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1).trim()]),
  );
  if (fields.data === undefined) return undefined;
  const data = JSON.parse(fields.data);
  if (fields.event === "locked") return { kind: "locked" };
  return fields.event === "ended" ? { kind: "ended", message: data.message } : { kind: "hint", topics: data };
}
