import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** Runs: what they are, did and left behind, and one more of them. */
export function addRunCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const runs = make(program, "runs", "list runs, newest first; its commands show one, fetch what it left, and run it again")
    .option(
      "--state <state>",
      "only these: queued, leased, accepted, running, succeeded, failed, cancelled, expired; or active, the first four",
    )
    .option("--workflow <name>", "only of this workflow")
    .option("--profile <name>", "only on this profile")
    .option("--runner <name>", "only on this runner")
    .option("--limit <count>", "at most so many (20)")
    .action(async (flags) => end(await (await import("./commands/runs.ts")).runs(flags, context)));
  make(runs, "show <run>", "show a run: how it stands, why it failed, its steps").action(async (run) =>
    end(await (await import("./commands/run-show.ts")).showRun(run, context)),
  );
  make(runs, "files <run>", "list what a run left on its runner, with sizes: trace, HAR, screenshots, log, result, downloads")
    .option("--kind <kind...>", "only these: trace, har, screenshot, video, log, result, download")
    .option("--save <folder>", "fetch them into this folder; each is held against the hash that the run told")
    .option("--force", "with --save: also over files that are others")
    .action(async (run, flags) => end(await (await import("./commands/run-files.ts")).runFiles(run, flags, context)));
  make(runs, "data <run>", "print what a run read, from its runner")
    .option("--format <format>", "json, csv or ndjson (json)")
    .option("--value <name>", "only this of what it read")
    .option("--exact", "CSV just as it was read, also where a spreadsheet would take a cell for a formula")
    .action(async (run, flags) => end(await (await import("./commands/run-data.ts")).runData(run, flags, context)));
  make(runs, "rerun <run>", "run what a finished run did once more: same version, inputs and profile")
    .option("--watch", "tell each step, and end with the run's outcome")
    .action(async (run, flags) => end(await (await import("./commands/run-rerun.ts")).rerun(run, flags, context)));
  make(program, "logs <run>", "print a run's log, from its runner")
    .option("--follow", "go on until the run is over, and end with its outcome")
    .action(async (run, flags) => end(await (await import("./commands/logs.ts")).logs(run, flags, context)));
  make(program, "cancel <run>", "ask for a run to stop").action(async (run, flags) =>
    end(await (await import("./commands/cancel.ts")).cancel(run, flags, context)),
  );
}
