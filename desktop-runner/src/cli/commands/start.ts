import type { ConnectionStatus } from "../../connection/connection.ts";
import { statusLine } from "../../connection/status-words.ts";
import { runnerHome } from "../../identity/home.ts";
import { isDiskFull } from "../../journal/is-disk-full.ts";
import { type Runner, startRunner } from "../../main.ts";
import { isNothingAllowed, loadPolicy } from "../../policy/policy-file.ts";
import { StartRefused } from "../../take-folder.ts";
import type { CommandContext } from "../command.ts";
import { CliError, serverError } from "../failure.ts";
import { numberFrom, readLocalPort } from "../settings.ts";

/** `deskhand start`: runs until it is told to stop, or the server refuses this runner for good. */
export async function start(_flags: object, { env, output }: CommandContext): Promise<number> {
  const home = runnerHome(env);
  const artifactsMegabytes = numberFrom(env, "DESKHAND_ARTIFACTS_MAX_MB", { min: 1, max: 999_999_999 });
  const artifactsDays = numberFrom(env, "DESKHAND_ARTIFACTS_MAX_DAYS", { min: 1, max: 36_500 });
  const concurrency = numberFrom(env, "DESKHAND_CONCURRENCY", { min: 1, max: 256 });
  const hibernateMinutes = numberFrom(env, "DESKHAND_HIBERNATE_AFTER_MINUTES", { min: 1, max: 10_080 });
  const localPort = readLocalPort(env);
  let runner: Runner;
  try {
    runner = startRunner({
      home,
      concurrency,
      localPort,
      hibernateAfterMs: hibernateMinutes === undefined ? undefined : hibernateMinutes * 60_000,
      artifactsMaxBytes: artifactsMegabytes === undefined ? undefined : artifactsMegabytes * 1024 * 1024,
      artifactsMaxAgeMs: artifactsDays === undefined ? undefined : artifactsDays * 24 * 60 * 60_000,
      onStatus: (status) => {
        output.tell({ type: "status", ...status }, statusLine(status));
        tellParent(status);
      },
      onCommand: (note) => {
        const run = note.runId ? ` (run ${note.runId})` : "";
        const why = note.reason ? `: ${note.reason}` : "";
        output.tell({ type: "command", time: new Date().toISOString(), ...note }, `Command ${note.commandId}${run} ${note.to}${why}`);
      },
      onProblem: (what, error) => {
        const { code, message } = error as NodeJS.ErrnoException;
        output.tell({ type: "problem", what, reason: code ?? message }, `Warning: ${what} (${code ?? message})`);
      },
    });
  } catch (error) {
    if (error instanceof StartRefused) throw startRefusal(error, home.folder);
    if (isDiskFull(error)) throw error;
    throw new CliError(
      "FOLDER_UNUSABLE",
      3,
      `The folder ${home.folder} cannot be used (${(error as NodeJS.ErrnoException).code ?? (error as Error).message}).`,
      "Run `deskhand doctor` to see what is wrong with it.",
    );
  }
  const policy = loadPolicy(home);
  if (!policy.ok) output.tell({ type: "policy", damaged: true, empty: false }, `Warning: ${policy.reason}. Everything is refused.`);
  else if (isNothingAllowed(policy)) {
    output.tell(
      { type: "policy", damaged: false, empty: true },
      "Nothing is allowed yet. Allow a host with: deskhand policy allow example.com",
    );
  }
  stopWhenTold(() => void runner.stop());
  const ended = await runner.ended;
  if (ended.state !== "refused") {
    output.result({ status: "stopped" }, "Stopped.");
    return 0;
  }
  throw serverError(ended.code);
}

/** Ctrl-C, a service manager, or the end of the process that started us; a second time means at once. */
function stopWhenTold(stop: () => void): void {
  let told = false;
  const onSignal = () => {
    if (told) process.exit(3);
    told = true;
    stop();
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.on(signal, onSignal);
  if (process.send) process.once("disconnect", () => told || onSignal());
}

let toldConnected = false;

function tellParent(status: ConnectionStatus): void {
  if (!process.send || !process.connected) return;
  if (status.state === "connected" && !toldConnected) {
    toldConnected = true;
    process.send({ type: "connected" }, () => {});
  } else if (status.state === "waiting" || status.state === "refused") process.send({ type: status.state }, () => {});
}

function startRefusal({ reason, cause }: StartRefused, folder: string): CliError {
  switch (reason) {
    case "NOT_PAIRED":
      return new CliError(
        "NOT_PAIRED",
        3,
        `The runner in ${folder} is not paired yet.`,
        "On the dashboard, Runners, Add a runner shows the command that pairs it.",
      );
    case "ALREADY_RUNNING":
      return new CliError(
        "ALREADY_RUNNING",
        3,
        `Another process runs the runner in ${folder}.`,
        "Stop that one first, or set DESKHAND_HOME to another folder for a second runner.",
      );
    case "JOURNAL_UNREADABLE":
      return new CliError(
        "JOURNAL_UNREADABLE",
        3,
        `The journal in ${folder} cannot be opened (${(cause as Error | undefined)?.message ?? "unknown reason"}).`,
        "Run `deskhand doctor`. If the file journal.db is damaged, move it away: runs that were not told yet are lost, profiles are not.",
      );
  }
}
