import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** Workflows as files, for developers. */
export function addFileCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const inFolder = (usage: string, description: string) =>
    make(program, usage, description).option("--folder <folder>", "where the files are (workflows)");
  inFolder("pull [workflow...]", "write the server's workflows to files, all or those of these names")
    .option("--force", "also over what was changed here")
    .action(async (names, flags) => end(await (await import("./commands/pull.ts")).pull(names, flags, context)));
  inFolder("push [file...]", "make new versions of the files that differ, and workflows of the new ones")
    .option("--force", "also over what somebody changed on the server since")
    .option("--dry-run", "say what would be done, and do nothing")
    .option("--test", "run the tests of what differs first, and publish only when all pass")
    .option("--profile <name>", "with --test: where to run them")
    .option("--runner <name>", "with --test: the runner, when profiles of this name are on several")
    .option("--input <name=value...>", "with --test: the value of a secret input")
    .action(async (names, flags) => end(await (await import("./commands/push.ts")).push(names, flags, context)));
  inFolder("diff [file...]", "show what differs from the server, step by step")
    .option("--exit-code", "end with 1 when anything differs")
    .action(async (names, flags) => end(await (await import("./commands/diff.ts")).diff(names, flags, context)));
  inFolder("test [file...]", "run the tests that are in the files, on a profile")
    .option("--profile <name>", "where to run them, by name or id; always needed")
    .option("--runner <name>", "the runner, when profiles of this name are on several")
    .option("--input <name=value...>", "the value of a secret input")
    .option("--only <test...>", "only the tests of these names")
    .action(async (names, flags) => end(await (await import("./commands/test.ts")).test(names, flags, context)));
}
