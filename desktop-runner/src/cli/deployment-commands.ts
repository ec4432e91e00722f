import type { Command } from "commander";
import type { CommandContext } from "./command.ts";

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** Deployments with all their runs; `deskhand deploy` makes it. */
export function addDeploymentCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const load = () => import("./commands/deployments.ts");
  const deployments = program
    .command("deployments")
    .description("list deployments; by its id, show how one goes on and what came of it, pause it, stop it, and run again what failed");
  make(deployments, "list", "list deployments with how their runs go on, newest first")
    .option("--workflow <name>", "only of this workflow")
    .option("--runner <name>", "only those on this runner")
    .option("--limit <count>", "at most so many (20)")
    .action(async (flags) => end(await (await load()).listDeployments(flags, context)));
  make(deployments, "show <deployment>", "show how its runs go on").action(async (id) =>
    end(await (await load()).showDeployment(id, context)),
  );
  make(deployments, "results <deployment>", "list what came of each profile; ends with 1 when one failed").action(async (id) =>
    end(await (await load()).listResults(id, context)),
  );
  for (const [verb, what] of [
    ["pause", "have the runs wait that have not begun"],
    ["resume", "let them go on"],
    ["cancel", "ask all its runs to stop"],
  ] as const) {
    make(deployments, `${verb} <deployment>`, what).action(async (id) => end(await (await load()).changeDeployment(id, verb, context)));
  }
  make(deployments, "retry <deployment>", "run again what failed or expired of it").action(async (id) =>
    end(await (await load()).retryDeployment(id, context)),
  );
}
