import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** The project's proxies, on the server; their passwords leave this computer sealed to runners. */
export function addProxyCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const load = () => import("./commands/proxies.ts");
  const proxies = program.command("proxies").description("list, add, check and export the project's proxies");
  make(proxies, "list", "list proxies, newest first, with what their last check found")
    .option("--search <text>", "only those with this in their name or host")
    .action(async (flags) => end(await (await load()).listProxies(flags, context)));
  make(proxies, "import [file]", "add proxies, a line each or as JSON; from standard input when no file is named")
    .option("--scheme <scheme>", "of lines that name none: http, https, socks4, socks5 (http)")
    .option("--choose <line=reading...>", "which reading of a line is meant that has several, as 3=1")
    .action(async (file, flags) => end(await (await load()).importProxies(file, flags, context)));
  make(proxies, "check [proxy...]", "have a runner look where proxies lead out; all of them when none is named")
    .option("--runner <name>", "the runner that looks; the first that is online when absent")
    .option("--timeout <seconds>", "how long to wait for the answers (120, or 2 for each proxy)")
    .action(async (names, flags) => end(await (await load()).checkProxies(names, flags, context)));
  make(proxies, "export", "print proxies so that they can be imported again, without their passwords")
    .option("--format <format>", "text or json (text)")
    .action(async (flags) => end(await (await load()).exportProxies(flags, context)));
}
