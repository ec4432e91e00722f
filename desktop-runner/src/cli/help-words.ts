import type { Argument, Command, Help } from "commander";

/** Commands that need no server, and those that ask it. */
export const groups = {
  runner: "This computer's runner:",
  project: "The project, on the server (by the API key of `deskhand login`):",
} as const;

export const afterHelp = `
Profiles, workflows and runners go by name or id, runs and deployments by id. \`deskhand COMMAND --help\` tells the rest.

From the environment:
  DESKHAND_HOME     the runner's folder (~/.deskhand)
  DESKHAND_URL      the server, before that of \`deskhand login\`
  DESKHAND_API_KEY  the API key, before that of \`deskhand login\`

Exit codes: 0 it was done; 1 a run or a check failed; 2 what was typed is not right; 3 refused, or not reached.`;

export const afterStartHelp = `
From the environment:
  DESKHAND_CONCURRENCY              how many runs at once; by cores and memory when absent
  DESKHAND_BROWSER                  the browser's path; the one that is found when absent
  DESKHAND_LOCAL_PORT               the port of the runner's own page (18789); 0 for any free one
  DESKHAND_ARTIFACTS_MAX_MB         room for what runs leave behind (2048)
  DESKHAND_ARTIFACTS_MAX_DAYS       how long that is kept; as long as there is room when absent
  DESKHAND_HIBERNATE_AFTER_MINUTES  when an open profile that nobody uses gives its memory back (15)`;

/** What is named stands before the flags: a flag that takes several would take it too. */
export const helpOrder: Partial<Help> = {
  commandUsage(command) {
    const names: string[] = [];
    for (let each: Command | null = command; each; each = each.parent) names.unshift(each.name());
    const rest = [...named(command), ...(command.commands.length > 0 ? ["[command]"] : []), ...flags(command)];
    return [...names, ...rest].join(" ");
  },
  subcommandTerm: (command) => [command.name(), ...named(command), ...flags(command)].join(" "),
};

function named(command: Command): string[] {
  return command.registeredArguments.map(term);
}

function term(argument: Argument): string {
  const name = `${argument.name()}${argument.variadic ? "..." : ""}`;
  return argument.required ? `<${name}>` : `[${name}]`;
}

function flags(command: Command): string[] {
  return command.options.length > 0 ? ["[options]"] : [];
}
