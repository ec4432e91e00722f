import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** What runs by itself: `deskhand deploy --cron` and the like make it, these look at it and change it. */
export function addScheduleCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const load = () => import("./commands/schedules.ts");
  const schedules = program
    .command("schedules")
    .description(
      "list what runs by itself, run it now, pause, end, change and renew it by its deployment's id, and see which times were missed; `deskhand deploy --cron` makes it",
    );
  make(schedules, "list", "list schedules and triggers with how they stand; those that are done or ended only when asked for")
    .option(
      "--state <state>",
      "only these: installing (on its way to its runner), active, pausing, resuming, ending, paused, failed (its runner does not have it), done, ended",
    )
    .option("--workflow <name>", "only of this workflow")
    .option("--runner <name>", "only on this runner")
    .option("--limit <count>", "at most so many (100)")
    .action(async (flags) => end(await (await load()).listSchedules(flags, context)));
  make(schedules, "show <deployment>", "show one with its next times and what became of the last ones").action(async (id) =>
    end(await (await load()).showSchedule(id, context)),
  );
  for (const [verb, what] of [
    ["pause", "ask its runner to pass over what comes; what has begun goes on"],
    ["resume", "ask its runner to go on with it"],
    ["end", "ask its runner to end it for good; what has begun goes on"],
  ] as const) {
    make(schedules, `${verb} <deployment>`, what).action(async (id) => end(await (await load()).changeSchedule(id, verb, context)));
  }
  make(
    schedules,
    "run <schedule>",
    "begin it by hand, once, now, by its id or its workflow's name; its next times stay as they are, also while it is paused",
  )
    .option("--watch", "stay until its runs are over")
    .action(async (name, flags) => end(await (await import("./commands/run-schedule.ts")).runSchedule(name, flags, context)));
  make(schedules, "change <deployment>", "have it go on with other times, rules, inputs or profiles; what is not given stays as it is")
    .option("--cron <expression>", "five fields, as in cron")
    .option("--time-zone <name>", "with cron or --at: whose clocks it goes by, as Europe/Berlin")
    .option("--every <minutes>", "every so many minutes, counted anew")
    .option("--at <time>", "once: 2026-12-24T18:00 by the clocks of --time-zone, or with an offset, 2026-12-24T18:00Z")
    .option("--on-start", "each time that the runner starts")
    .option("--per-hour <count>", "of what messages begin: at most so often in an hour")
    .option("--jitter <seconds>", "begin each up to so much later")
    .option("--overlap <what>", "when the last one still runs: skip, queue or cancel-old")
    .option("--missed <what>", "for times at which the computer was off: skip, run-once, or how many to make up for")
    .option("--input <name=value...>", "an input in the place of the one that it has; a secret one is sealed before it is sent")
    .option("--leave-out <input...>", "inputs that it gets no more")
    .option("--profile <name...>", "the profiles to run on from now on, by name or id; all of its runner")
    .action(async (id, flags) => end(await (await import("./commands/change-schedule.ts")).changeTerms(id, flags, context)));
  make(schedules, "renew [deployment...]", "have the newest version take their place, at the same times; signed where a runner demands it")
    .option("--workflow <name>", "all that run an older version of this workflow")
    .action(async (ids, flags) => end(await (await import("./commands/renew-schedules.ts")).renewSchedules(ids, flags, context)));
  make(schedules, "firings <deployment>", "list what became of its times, newest first: began, passed over or missed, and why")
    .option("--state <state>", "only these: fired, skipped, missed")
    .option("--limit <count>", "at most so many (20)")
    .action(async (id, flags) => end(await (await load()).listFirings(id, flags, context)));
}
