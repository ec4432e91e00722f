import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** What this runner allows: decided here, on the device, and nowhere else. */
export function addPolicyCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const load = () => import("./commands/policy.ts");
  const policy = program.command("policy").description("show and decide what this runner allows");
  for (const effect of ["allow", "deny"] as const) {
    const what = effect === "allow" ? "let runs reach a host" : "refuse a host, whatever else allows it";
    const command = make(policy, `${effect} <host>`, `${what}: example.com, *.example.com, *, an address, 10.0.0.0/8`);
    if (effect === "allow") command.option("--private", "also where its name leads to an address of this network");
    command.action(async (host, flags) => end(await (await load()).addRule(effect, host, flags, context)));
  }
  make(policy, "remove <host>", "take a rule away").action(async (host, flags) =>
    end(await (await load()).removeRule(host, flags, context)),
  );
  make(policy, "list", "list the rules about hosts").action(async (flags) => end(await (await load()).listRules(flags, context)));
  make(policy, "show", "show the whole policy").action(async (flags) => end(await (await load()).showPolicy(flags, context)));
  make(
    policy,
    "set <name> <value>",
    "set max-download (50MB), shell, files, code (on, off), members (everyone, ids), signatures (required, optional), quiet-hours (22:00-06:00, off)",
  )
    .option("--zone <zone>", "the time zone of quiet hours, like Europe/Berlin; this computer's when absent")
    .action(async (name, value, flags) => end(await (await load()).setSetting(name, value, flags, context)));
  make(policy, "refusals", "list what was refused").action(async (flags) => end(await (await load()).listRefusals(flags, context)));
  make(policy, "reset", "begin again with nothing allowed").action(async (flags) => end(await (await load()).reset(flags, context)));
  make(program, "pause", "let no run begin on this computer until `deskhand resume`; they wait").action(async () =>
    end(await (await load()).setPaused(true, context)),
  );
  make(program, "resume", "let runs begin on this computer again").action(async () => end(await (await load()).setPaused(false, context)));
}
