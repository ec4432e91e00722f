import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** The project's proxies, on the server; their passwords leave this computer sealed to runners. */
export function addProxyCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const load = () => import("./commands/proxies.ts");
  const proxies = program.command("proxies").description("list, add, check and export the project's proxies");
  make(proxies, "list", "list proxies, newest first, with what their last check found")
    .option("--search <text>", "only those with this in their name or host")
    .option("--state <state>", "what the last check said: works, fails or unchecked")
    .action(async (flags) => end(await (await load()).listProxies(flags, context)));
  make(proxies, "import [file]", "add proxies, a line each or as JSON; from standard input when no file is named")
    .option("--scheme <scheme>", "of lines that name none: http, https, socks4, socks5 (http)")
    .option("--choose <line=reading...>", "which reading of a line is meant that has several, as 3=1")
    .action(async (file, flags) => end(await (await load()).importProxies(file, flags, context)));
  make(proxies, "check [proxy...]", "have a runner look where proxies lead out; all of them when none is named")
    .option("--runner <name>", "the runner that looks; the first that is online when absent")
    .option("--timeout <seconds>", "how long to wait for the answers (120, or 2 for each proxy)")
    .action(async (names, flags) => end(await (await load()).checkProxies(names, flags, context)));
  const changes = () => import("./commands/proxy-changes.ts");
  make(proxies, "edit <proxy>", "change a proxy; its password stays as long as host, port and user name do")
    .option("--address <line>", "where it is from now on, as socks5://user:password@host:port")
    .option("--name <name>", "what it is called")
    .option("--no-name", "it has no name")
    .option("--no-password", "it has no password")
    .option("--no-change-url", "it has no address that changes its exit")
    .action(async (proxy, flags) => end(await (await changes()).editProxy(proxy, chosen(flags), context)));
  make(proxies, "delete [proxy...]", "delete proxies that no profile and no pool names")
    .option("--state <state>", "all of which the last check said so: works, fails or unchecked; those that are used stay")
    .action(async (names, flags) => end(await (await changes()).deleteProxies(names, flags, context)));
  make(proxies, "bytes [proxy]", "tell what has gone over proxies, by profile")
    .option("--profile <name>", "only of this profile")
    .action(async (proxy, flags) => end(await (await changes()).proxyBytes(proxy, flags, context)));
  make(proxies, "export", "print proxies so that they can be imported again, without their passwords")
    .option("--format <format>", "text or json (text)")
    .action(async (flags) => end(await (await load()).exportProxies(flags, context)));

  const pooling = () => import("./commands/pools.ts");
  const pools = program.command("pools").description("list, make, change, send and delete pools of proxies");
  make(pools, "list", "list pools with what they choose by").action(async () => end(await (await pooling()).listPools(context)));
  make(pools, "put <pool>", "make a pool of this name, or change the one that there is")
    .option("--proxy <proxy...>", "its proxies in their order, by name, host:port or id, in place of those that it has")
    .option("--strategy <strategy>", "sticky-profile, round-robin, sticky-run, random or failover (sticky-profile)")
    .option("--cool-down <seconds>", "for how long one that failed is left alone (300)")
    .option("--rename <name>", "another name")
    .action(async (pool, flags) => end(await (await pooling()).putPool(pool, flags, context)));
  make(pools, "send <pool>", "tell the runners that do not have a pool yet; one that wants signatures gets this folder's")
    .option("--runner <name>", "only this runner")
    .action(async (pool, flags) => end(await (await pooling()).sendPool(pool, flags, context)));
  make(pools, "delete <pool>", "delete a pool that no profile names, not its proxies").action(async (pool) =>
    end(await (await pooling()).deletePool(pool, context)),
  );
}

/** Commander says true for a `--no-…` that was not given. */
function chosen(flags: Record<string, unknown>): object {
  return Object.fromEntries(Object.entries(flags).filter(([, value]) => value !== true));
}
