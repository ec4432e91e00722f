import type { Command } from "commander";

export type FilterFlags = {
  search?: string;
  runner?: string;
  tag?: string[];
  anyTag?: boolean;
  inGroup?: string;
  state?: string;
  engine?: string;
  through?: string;
  /** A kept one's name; what else is said comes over it. */
  filter?: string;
};
export type TargetFlags = FilterFlags & { all?: boolean };

/** The flags of {@link FilterFlags} but `--runner`, which each command has. */
export function withFilter(command: Command): Command {
  return command
    .option("--search <text>", "with this in their name, notes or tags")
    .option("--tag <tag...>", "with these tags")
    .option("--any-tag", "one of the tags is enough")
    .option("--in-group <name>", "in this group; none for those in no group")
    .option("--state <state>", "new, saved, in-use or hibernating")
    .option("--engine <engine>", "shared or dedicated")
    .option("--through <name>", "that reach the network through this proxy or pool; none for those that do so directly")
    .option("--filter <name>", "a filter that you keep, by its name");
}

/** Do the flags say which, without names? */
export function isAboutMany({ all, search, tag, inGroup, state, engine, through, filter }: TargetFlags): boolean {
  return all === true || [search, tag, inGroup, state, engine, through, filter].some((value) => value !== undefined);
}
