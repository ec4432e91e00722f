import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** What begins deployments: messages, other workflows, the runner's start. */
export function addTriggerCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const triggers = program
    .command("triggers")
    .description(
      "list what messages, the ends of runs and runners' starts begin, and manage webhooks; `deskhand schedules` pauses and ends any",
    );
  const commands = () => import("./commands/triggers.ts");
  make(triggers, "list", "list deployments that a message, another run's end or a start begins, with what became of the last time").action(
    async () => end(await (await commands()).listTriggers(context)),
  );
  make(
    triggers,
    "secret <deployment>",
    "make the secret of a deployment's webhook, shown once; the one before is good for 24 hours more",
  ).action(async (id) => end(await (await commands()).newSecret(id, context)));
  make(triggers, "disable <deployment>", "take no more messages for the webhook of a deployment").action(async (id) =>
    end(await (await commands()).switchTrigger(id, false, context)),
  );
  make(triggers, "enable <deployment>", "take messages for the webhook of a deployment again").action(async (id) =>
    end(await (await commands()).switchTrigger(id, true, context)),
  );
}
