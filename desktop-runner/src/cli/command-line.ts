import { Command, CommanderError } from "commander";
import { runnerVersion } from "../version.ts";
import { addBackupCommands } from "./backup-commands.ts";
import type { CommandContext } from "./command.ts";
import { addDeploymentCommands } from "./deployment-commands.ts";
import { usageError } from "./failure.ts";
import { addFileCommands } from "./file-commands.ts";
import { afterHelp, afterStartHelp, groups, helpOrder } from "./help-words.ts";
import { addKeyCommands } from "./key-commands.ts";
import { Output, type Streams } from "./output.ts";
import { addPolicyCommands } from "./policy-commands.ts";
import { addProfileCommands } from "./profile-commands.ts";
import { addProxyCommands } from "./proxy-commands.ts";
import { addRunCommands } from "./run-commands.ts";
import { addScheduleCommands } from "./schedule-commands.ts";
import { addTriggerCommands } from "./trigger-commands.ts";

type Outside = { env: CommandContext["env"]; streams: Streams; isTerminal: boolean; readInput(): Promise<string> };

/** Runs one command line (without the program's own name) and resolves to its exit code. Throws nothing. */
export async function runCommandLine(args: readonly string[], outside: Outside): Promise<number> {
  // known before the arguments are read, so that a mistake in them is told in the same form
  const output = new Output(args.includes("--json"), outside.streams);
  const context: CommandContext = {
    env: outside.env,
    output,
    isInteractive: outside.isTerminal && !output.json,
    readInput: outside.readInput,
  };
  let exitCode = 0;
  let help = "";
  const program = createProgram(context, {
    end: (code) => {
      exitCode = code;
    },
    show: (text) => {
      help += text;
    },
  });
  try {
    await program.parseAsync(args, { from: "user" });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) return output.fail(error);
    if (error.exitCode === 0) {
      output.result({ text: help.trimEnd() }, help.trimEnd());
      return 0;
    }
    const message = error.message.replace(/^error: /, "");
    return output.fail(
      error.code === "commander.help"
        ? usageError("A command is missing.", `\`deskhand ${groupOf(program, args)}--help\` lists them.`)
        : usageError(message.endsWith(".") ? message : `${message}.`, "`deskhand COMMAND --help` shows how it is used."),
    );
  }
}

/** The command that was typed and has more below it: “schedules ”; empty when none was. */
function groupOf(program: Command, args: readonly string[]): string {
  const group = program.commands.find((command) => command.name() === args[0]);
  return group ? `${group.name()} ` : "";
}

/** `end` gets the exit code, `show` help and the version, which are for people. */
type Ways = { end(exitCode: number): void; show(text: string): void };

// each command is loaded when it is used: what is always on (`start`) does not carry the others' schemas
function createProgram(context: CommandContext, { end, show }: Ways): Command {
  const program = new Command("deskhand");
  program
    .description("Runs Deskhand's automations on this computer, and starts and watches them from here.")
    .exitOverride()
    // mistakes are told by the caller, once
    .configureOutput({ writeOut: show, writeErr: () => {} })
    .configureHelp(helpOrder)
    .addHelpText("after", afterHelp)
    .version(runnerVersion, "-V, --version", "print the version")
    .option("--json", "print one JSON object a line, the last of type result or error")
    .commandsGroup(groups.runner);

  const make = (parent: Command, usage: string, description: string) =>
    parent.command(usage).description(description).option("--json", "print one JSON object a line");
  const command = (usage: string, description: string) => make(program, usage, description);

  command("pair <code>", "pair this computer's runner with a server, by a one-time code")
    .option("--server <url>", "the server's address (DESKHAND_URL, else the one before, else http://localhost:3000)")
    .option("--dashboard <url>", "where people open the dashboard, when that is another address")
    .option("--name <name>", "what the runner is called; the computer's name when absent")
    .option("--wait", "wait until somebody accepts it")
    .option("--allow <host...>", "hosts that its runs may open, as with `deskhand policy allow`")
    .option("--unsigned", "do without signatures, as with `deskhand policy set signatures optional`")
    .option("--force", "also when it is paired already: with new keys, in place of those that there are")
    .action(async (code, flags) => end(await (await import("./commands/pair.ts")).pair(code, flags, context)));
  command("start", "run the runner until it is stopped")
    .addHelpText("after", afterStartHelp)
    .action(async (flags) => end(await (await import("./commands/start.ts")).start(flags, context)));
  command("status", "show what this computer's runner is and does").action(async (flags) =>
    end(await (await import("./commands/status.ts")).status(flags, context)),
  );
  command("open", "open the runner's own page: status, approvals, policy, pause, log; works without the server").action(async (flags) =>
    end(await (await import("./commands/open.ts")).open(flags, context)),
  );
  command("doctor", "look for what is wrong, and say how to mend it").action(async (flags) =>
    end(await (await import("./commands/doctor.ts")).doctor(flags, context)),
  );
  addPolicyCommands(program, make, context, end);
  addKeyCommands(program, make, context, end);
  addBackupCommands(program, make, context, end);

  program.commandsGroup(groups.project);
  command("login", "keep an API key for the commands that ask the server; it is read from standard input")
    .option("--server <url>", "the server's address (DESKHAND_URL, else that of the last login, else the runner's here)")
    .option("--api-key <key>", "the key itself (other users of this computer may see it)")
    .action(async (flags) => end(await (await import("./commands/login.ts")).login(flags, context)));
  command("deploy [recording]", "have a recording's file, or a workflow that is on the server, run on profiles: now, or by itself")
    .option("--workflow <name>", "a workflow on the server, by name or id")
    .option("--profile <name...>", "the profiles to run on, by name or id")
    .option("--all", "all profiles; as with what follows, of one runner")
    .option("--tag <tag...>", "the profiles with these tags")
    .option("--in-group <name>", "the profiles of this group")
    .option("--filter <name>", "the profiles of a filter that you keep")
    .option("--runner <name>", "the runner, when profiles of this name are on several")
    .option("--input <name=value...>", "an input of the workflow; a secret one is sealed to the runner before it is sent")
    .option("--watch", "tell each step, and end with the run's outcome; not of what runs by itself")
    .option("--force", "with a file that was pulled: also where somebody has published another version since")
    .option("--idempotency-key <key>", "of 8 to 100 characters: the same key deploys once, however often it is sent")
    .optionsGroup("To have it run by itself, one of --cron, --every, --at, --on-start, --on-webhook and --after:")
    .option("--cron <expression>", "let the runner run it by itself: five fields, as in cron")
    .option("--time-zone <name>", "with --cron or --at: whose clocks it goes by, as Europe/Berlin (this computer's)")
    .option("--every <minutes>", "let the runner run it every so many minutes")
    .option(
      "--at <time>",
      "let the runner run it once: 2026-12-24T18:00 by the clocks of --time-zone, or with an offset, 2026-12-24T18:00Z",
    )
    .option("--on-start", "let the runner run it each time that it starts")
    .option("--on-webhook", "let signed messages begin it; `deskhand triggers secret` makes their secret")
    .option("--per-hour <count>", "with --on-webhook: at most so often in an hour (60)")
    .option("--after <workflow>", "let the end of another workflow's run on this runner begin it")
    .option("--after-end <how>", "with --after: success, failure or either (success)")
    .option("--same-profile", "with --after: on the profile of that run only")
    .option(
      "--set <input=path...>",
      "with --on-webhook or --after: an input that the message, or the other run's result, sets: total=order.items[0].price",
    )
    .option("--jitter <seconds>", "with --cron, --every or --at: begin each up to so much later (0)")
    .option("--overlap <what>", "when the last one still runs: skip, queue or cancel-old (skip); not with --at")
    .option(
      "--missed <what>",
      "with --cron, --every or --at: for times at which the computer was off: skip, run-once, or how many to make up for (skip)",
    )
    .action(async (file, flags) => end(await (await import("./commands/deploy.ts")).deploy(file, flags, context)));
  addRunCommands(program, make, context, end);
  addScheduleCommands(program, make, context, end);
  addDeploymentCommands(program, make, context, end);
  addTriggerCommands(program, make, context, end);
  addFileCommands(program, make, context, end);
  addProfileCommands(program, make, context, end);
  addProxyCommands(program, make, context, end);
  return program;
}
