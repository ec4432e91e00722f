import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** What begins deployments: messages, other workflows, the runner's start. */
export function addTriggerCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const triggers = program.command("triggers").description("list what begins deployments, and manage webhooks that do");
  const commands = () => import("./commands/triggers.ts");
  make(triggers, "list", "list deployments that something begins, with what became of the last time").action(async () =>
    end(await (await commands()).listTriggers(context)),
  );
  make(triggers, "secret <deployment>", "make the secret of a deployment's webhook; it is shown once").action(async (id) =>
    end(await (await commands()).newSecret(id, context)),
  );
  make(triggers, "disable <deployment>", "take no more messages for a deployment").action(async (id) =>
    end(await (await commands()).switchTrigger(id, false, context)),
  );
  make(triggers, "enable <deployment>", "take messages for a deployment again").action(async (id) =>
    end(await (await commands()).switchTrigger(id, true, context)),
  );
}
