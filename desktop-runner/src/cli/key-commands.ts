import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** Whose signatures this runner trusts: decided here, on the device, and nowhere else. */
export function addKeyCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const load = () => import("./commands/keys.ts");
  const keys = program.command("keys").description("show and decide whose signatures this runner trusts");
  make(keys, "list", "list the keys that sign, ask, or were turned away").action(async (flags) =>
    end(await (await load()).listKeys(flags, context)),
  );
  const decisions = [
    ["approve", "approved", "trust a key"],
    ["reject", "rejected", "turn a key away"],
    ["revoke", "revoked", "trust a key no longer"],
  ] as const;
  for (const [verb, status, what] of decisions) {
    make(keys, `${verb} <fingerprint>`, `${what}; the beginning of its fingerprint is enough`).action(async (fingerprint) =>
      end(await (await load()).decideKey(status, fingerprint, context)),
    );
  }
  make(keys, "link", "make a link that approves the browser that it is opened in").action(async (flags) =>
    end(await (await load()).makeKeyLink(flags, context)),
  );
}
