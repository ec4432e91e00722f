import type { Output } from "./output.ts";
import type { Environment } from "./settings.ts";

/** What a command gets from the outside; tests give their own. */
export type CommandContext = {
  env: Environment;
  output: Output;
  /** Words for people while something goes on; nothing with --json. */
  isInteractive: boolean;
  /** All of standard input, for secrets that do not belong on a command line. */
  readInput(): Promise<string>;
};
