import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { describeRunFailure } from "@deskhand/shared/schemas/run-failure";
import type { ConnectEvent } from "../../../connect/connect-host.ts";
import type { Ending } from "../../../connect/messages.ts";
import type { CommandContext } from "../../command.ts";
import { CliError, usageError } from "../../failure.ts";
import { openLocalPage } from "../../local-page.ts";
import { findOwnProfile } from "../../own-profile.ts";

export type ConnectFlags = { port?: string; idle?: string };

/** `deskhand profiles connect NAME`: a CDP endpoint for one profile, until Ctrl-C, `deskhand profiles close`, or nobody uses it. */
export async function connectProfile(wanted: string, flags: ConnectFlags, context: CommandContext): Promise<number> {
  const { output } = context;
  const port = wholeNumber("--port", flags.port ?? "0", 0, 65_535);
  const idleMinutes = wholeNumber("--idle", flags.idle ?? "30", 1, 7 * 24 * 60);
  const profile = await findOwnProfile(wanted, context);
  const page = await openLocalPage(profile.home);
  const label = `deskhand profiles connect (process ${process.pid})`;
  const answer = await page.post("/api/connect", { profileId: profile.id, label, port, idleMs: idleMinutes * 60_000 });
  const close = () => void page.post("/api/connect/close", { profileId: profile.id }).catch(() => {});
  // scripts read the address from the first line
  const warnings: string[] = [];
  let isOpen = false;
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, close);
  try {
    const events = answer.body ? Readable.fromWeb(answer.body as Parameters<typeof Readable.fromWeb>[0]) : Readable.from([]);
    for await (const line of createInterface({ input: events })) {
      const event = JSON.parse(line) as ConnectEvent;
      if (event.type === "ready") {
        const { sessionId, ws, http } = event;
        const words = `${profile.name} is open for programs of this computer, at\n  ${ws}\n  ${http} (for those that ask /json/version)\nWhoever has this address has the profile. Ctrl-C saves and closes it.`;
        output.tell({ type: "connection", profileId: profile.id, sessionId, ws, http }, words);
        isOpen = true;
        for (const message of warnings) output.tell({ type: "warning", message }, message);
      }
      if (event.type === "warning" && isOpen) output.tell(event, event.message);
      else if (event.type === "warning") warnings.push(event.message);
      if (event.type === "saved") output.tell({ type: "saved", bytes: event.bytes, at: new Date(event.at).toISOString() });
      if (event.type === "ended") return ended(event, output, profile.name);
    }
  } finally {
    for (const signal of signals) process.off(signal, close);
  }
  throw new CliError("NOT_RUNNING", 3, "The runner has stopped, and the connection with it.", "Start it with: deskhand start");
}

function ended({ code, reason }: Ending, output: CommandContext["output"], name: string): number {
  if (code === "CLOSED" || code === "IDLE") {
    output.result({ reason: code }, code === "IDLE" ? `Nobody used ${name}: it is saved and closed.` : `${name} is saved and closed.`);
    return 0;
  }
  if (code === "PORT_TAKEN") throw new CliError(code, 3, "Another program has this port.", "Leave --port out, and a free one is taken.");
  const { title, whatToDo } = describeRunFailure(code, { reason });
  throw new CliError(code, 3, title, whatToDo);
}

function wholeNumber(flag: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw usageError(`${flag} must be a whole number from ${min} to ${max}.`, `For example: ${flag} ${min}`);
}
