import type { Command } from "commander";
import type { CommandContext } from "./command.ts";
import { isAboutMany, withFilter } from "./filter-flags.ts";

/** Of an option that may be given several times: one that takes several at once would take the place at the end, too. */
const each = (value: string, before: string[] = []) => [...before, value];

type MakeCommand = (parent: Command, usage: string, description: string) => Command;

/** Everything about profiles: what is of the server by its API, what is of this computer's runner without it. */
export function addProfileCommands(program: Command, make: MakeCommand, context: CommandContext, end: (exitCode: number) => void): void {
  const profiles = program.command("profiles").description("list, make, change, import, export and use browser profiles");
  const listing = () => import("./commands/profiles/list.ts");
  const changing = () => import("./commands/profiles/change.ts");
  const states = () => import("./commands/profiles/states.ts");
  const onRunner = (command: Command) => command.option("--runner <name>", "the runner, when profiles of this name are on several");

  withFilter(make(profiles, "list", "list profiles, newest first"))
    .option("--runner <name>", "only those on this runner")
    .option("--deleted", "those that were deleted, and can be brought back")
    .option("--sort <what>", "by created, name, saved, size or run (created)")
    .option("--direction <direction>", "asc or desc (desc)")
    .option("--limit <count>", "at most so many (100)")
    .action(async (flags) => end(await (await listing()).listProfiles(flags, context)));
  onRunner(make(profiles, "show <profile>", "show what a profile is and is like")).action(async (profile, flags) =>
    end(await (await import("./commands/profiles/show.ts")).showProfile(profile, flags, context)),
  );
  make(profiles, "create <name>", "make a profile, or several with {n} in their name for the number")
    .option("--runner <name>", "where it lives; this computer when absent")
    .option("--count <count>", "how many, each a device of its own (1)")
    .option("--start <number>", "the first one's number (1)")
    .option("--tag <tag...>", "their tags")
    .option("--group <name>", "their group, made when there is none of this name")
    .option("--proxy <proxy...>", "what they leave by, by name, host:port or id; several are a chain")
    .option("--pool <name>", "the pool of proxies that they leave by")
    .option("--os <system>", "of their devices: windows, macos, linux or android; the runner's when absent")
    .option("--languages <languages>", "of their devices, as de-DE,en; the first is the language of the pages (en-US,en)")
    .option("--time-zone <name>", "whose clocks their devices go by, as Europe/Berlin (the server's)")
    .action(async (name, { json: _, ...flags }) => {
      const { runner, ...others } = flags;
      if (Object.keys(others).length === 0) return end(await (await changing()).createProfile(name, { runner }, context));
      end(await (await import("./commands/profiles/edit.ts")).createMany(name, flags, context));
    });
  onRunner(make(profiles, "rename <profile> <name>", "give a profile another name")).action(async (profile, name, flags) =>
    end(await (await changing()).renameProfile(profile, name, flags, context)),
  );
  onRunner(make(profiles, "clone <profile>", "make copies of a profile, each a device of its own"))
    .option("--count <count>", "how many (1)")
    .option("--keep-identity", "they show themselves as the same device as the profile")
    .action(async (profile, flags) => end(await (await import("./commands/profiles/clone.ts")).cloneProfile(profile, flags, context)));
  onRunner(make(profiles, "configure <profile>", "change what a profile is like"))
    .option("--engine <engine>", "shared or dedicated")
    .option("--proxy <proxy...>", "what it leaves by, by name, host:port or id; several are a chain")
    .option("--no-proxy", "it leaves directly")
    .option("--pool <name>", "the pool of proxies that it leaves by")
    .option("--on-mismatch <what>", "when the proxy's exit does not fit the identity: warn or block")
    .option("--identity <file>", "the device that it shows itself as, a JSON file; none for the browser as it is")
    .option("--new-identity", "another device of the same system, languages and time zone")
    .option("--os <system>", "of a new identity: windows, macos, linux or android")
    .option("--languages <languages>", "of its device, as de-DE,en; the first is the language of the pages")
    .option("--time-zone <name>", "whose clocks its device goes by, as Europe/Berlin")
    .option("--fit-proxy", "time zone, languages and place of its device as where its proxy led out last")
    .action(async (profile, flags) => end(await (await changing()).configureProfile(profile, flags, context)));
  const ofAll = (command: Command) => withFilter(onRunner(command).option("--all", "all profiles"));
  ofAll(make(profiles, "edit [profile...]", "change tags, notes, group and network of profiles"))
    .option("--add-tag <tag...>", "they have these too")
    .option("--remove-tag <tag...>", "they have these no more")
    .option("--group <name>", "they are in this group, made when there is none of this name")
    .option("--no-group", "they are in no group")
    .option("--notes <text>", "in place of those that are there")
    .option("--proxy <proxy...>", "what they leave by, by name, host:port or id; several are a chain")
    .option("--no-proxy", "they leave directly")
    .option("--pool <name>", "the pool of proxies that they leave by")
    .action(async (names, flags) => end(await (await import("./commands/profiles/edit.ts")).editProfiles(names, flags, context)));
  const many = () => import("./commands/profiles/many.ts");
  ofAll(make(profiles, "delete [profile...]", "delete profiles; for 30 days they can be brought back")).action(async (names, flags) => {
    const [only] = names;
    if (names.length === 1 && !isAboutMany(flags)) return end(await (await changing()).deleteProfile(only, flags, context));
    end(await (await many()).deleteMany(names, flags, context));
  });
  ofAll(make(profiles, "purge [id...]", "end deleted profiles for good, so that nobody brings them back")).action(async (ids, flags) =>
    end(await (await many()).purgeMany(ids, flags, context)),
  );
  make(profiles, "restore <id>", "bring a deleted profile back")
    .option("--runner <name>", "where it was; this computer when absent")
    .action(async (id, flags) => end(await (await changing()).restoreProfile(id, flags, context)));

  const ordering = () => import("./commands/profiles/order.ts");
  const ofMany = (command: Command) =>
    withFilter(command)
      .option("--all", "all profiles")
      .option("--runner <name>", "only those on this runner")
      .option("--seconds <seconds>", "how long to wait for the runners (300)");
  ofMany(make(profiles, "start [profile...]", "keep profiles open, ready for use; where memory is short they hibernate")).action(
    async (names, flags) => end(await (await ordering()).startProfiles(names, flags, context)),
  );
  ofMany(make(profiles, "stop [profile...]", "save profiles that are kept open, and close them")).action(async (names, flags) =>
    end(await (await ordering()).stopProfiles(names, flags, context)),
  );

  make(profiles, "states <profile>", "list the saved states of a profile of this computer").action(async (profile, flags) =>
    end(await (await states()).listStates(profile, flags, context)),
  );
  make(profiles, "restore-state <profile> <version>", "put an earlier state of a profile of this computer back").action(
    async (profile, version, flags) => end(await (await states()).restoreState(profile, version, flags, context)),
  );
  make(
    profiles,
    "import <profile> <file>",
    "take cookies, a storage state, a bundle or the folder of a Chrome into a profile of this computer; the passphrase of a bundle is read from DESKHAND_PASSPHRASE or standard input",
  )
    .option("--runner <name>", "into a profile of this runner instead, sealed on the way")
    .option("--replace", "instead of what is there, not beside it")
    .option("--chrome-profile <name>", "which profile of the Chrome, by its folder or name")
    .action(async (profile, file, flags) =>
      end(await (await import("./commands/profiles/import.ts")).importFile(profile, file, flags, context)),
    );
  make(profiles, "export <name-and-place...>", "write a profile of this computer to a file, or a file of each of many into a folder")
    .usage("PROFILE FILE [options] | PROFILE... FOLDER [options] | --all FOLDER [options]")
    .option("--format <format>", "bundle (sealed, all of it), storage-state, cookies-txt or cookies-json")
    .option(
      "--recipient <age1…>",
      "seal it to this, and to each that is given besides; a bundle without is sealed with DESKHAND_PASSPHRASE or standard input",
      each,
    )
    .option("--all", "all profiles, into the folder")
    .option("--tag <tag>", "all with this tag, and with each that is given besides", each)
    .option("--search <text>", "all with this in their name, notes or tags")
    .option("--runner <name>", "a profile of this runner instead, sealed on the way; of many, only those on it")
    .option("--force", "over files that are there")
    .action(async (places, flags) => end(await (await import("./commands/profiles/export.ts")).exportProfiles(places, flags, context)));

  const extending = () => import("./commands/profiles/extensions.ts");
  const extensions = profiles
    .command("extensions")
    .description("list, add and remove the browser extensions of a profile of this computer");
  make(extensions, "list <profile>", "list its extensions").action(async (profile, flags) =>
    end(await (await extending()).listOwnExtensions(profile, flags, context)),
  );
  make(extensions, "add <profile> <folder>", "add an unpacked extension, or take a newer one from a folder of the same name").action(
    async (profile, folder, flags) => end(await (await extending()).addOwnExtension(profile, folder, flags, context)),
  );
  make(extensions, "remove <profile> <folder>", "remove one, by its folder as the list shows it").action(async (profile, folder, flags) =>
    end(await (await extending()).removeOwnExtension(profile, folder, flags, context)),
  );

  const connecting = () => import("./commands/profiles/connect.ts");
  make(profiles, "connect <profile>", "open a profile of this computer for Playwright, Puppeteer and others, until Ctrl-C")
    .option("--port <port>", "of loopback; any free one when absent")
    .option("--idle <minutes>", "close it when nobody uses it for this long (30)")
    .action(async (profile, flags) => end(await (await connecting()).connectProfile(profile, flags, context)));
  const sessions = () => import("./commands/profiles/sessions.ts");
  onRunner(make(profiles, "open <profile>", "open a profile in a window on its runner's screen"))
    .option("--no-window", "without a window, for programs")
    .option("--url <address>", "the page that it begins with")
    .action(async (profile, flags) => end(await (await sessions()).openProfile(profile, flags, context)));
  onRunner(make(profiles, "close <profile>", "save and close a profile that a person or a program has open")).action(
    async (profile, flags) => end(await (await sessions()).closeProfile(profile, flags, context)),
  );
  onRunner(make(profiles, "move <profile...>", "move profiles to another runner"))
    .option("--to <name>", "the runner where they go; always needed")
    .option("--claim", "the runner has a copy already, from a backup: nothing is sent")
    .option("--no-wait", "end when they are on their way")
    .action(async (names, flags) => end(await (await import("./commands/profiles/move.ts")).moveProfiles(names, flags, context)));

  const asking = () => import("./commands/profiles/requests.ts");
  make(profiles, "requests", "list who asks for profiles that are in use").action(async () =>
    end(await (await asking()).listRequests(context)),
  );
  onRunner(make(profiles, "ask <profile>", "ask whoever uses a profile to hand it over"))
    .option("--message <text>", "what they are told")
    .action(async (profile, flags) => end(await (await asking()).askForProfile(profile, flags, context)));
  onRunner(make(profiles, "withdraw <profile>", "ask for a profile no longer")).action(async (profile, flags) =>
    end(await (await asking()).withdrawRequest(profile, flags, context)),
  );
  onRunner(make(profiles, "answer <profile> <answer>", "hand a profile over that somebody asks for: grant; or refuse")).action(
    async (profile, answer, flags) => end(await (await asking()).answerRequest(profile, answer, flags, context)),
  );
  onRunner(make(profiles, "take <profile>", "take a profile from whoever uses it, without asking"))
    .option("--reason <text>", "why; it is kept")
    .action(async (profile, flags) => end(await (await asking()).takeProfile(profile, flags, context)));
  const grouping = () => import("./commands/groups.ts");
  const groups = program.command("groups").description("list, make, rename and end groups of profiles");
  make(groups, "list", "list groups with how many profiles they have").action(async () =>
    end(await (await grouping()).listGroups(context)),
  );
  make(groups, "create <name>", "make a group").action(async (name) => end(await (await grouping()).createGroup(name, context)));
  make(groups, "rename <group> <name>", "give a group another name").action(async (group, name) =>
    end(await (await grouping()).renameGroup(group, name, context)),
  );
  make(groups, "delete <group>", "end a group; its profiles stay").action(async (group) =>
    end(await (await grouping()).deleteGroup(group, context)),
  );
  const filters = program.command("filters").description("list, keep and forget filters of profiles");
  make(filters, "list", "list the filters that you keep").action(async () => end(await (await grouping()).listFilters(context)));
  withFilter(make(filters, "keep <name>", "keep a filter, in place of one of this name"))
    .option("--runner <name>", "on this runner")
    .option("--sort <what>", "by created, name, saved, size or run (created)")
    .option("--direction <direction>", "asc or desc (desc)")
    .action(async (name, flags) => end(await (await grouping()).keepFilter(name, flags, context)));
  make(filters, "forget <name>", "forget a filter").action(async (name) => end(await (await grouping()).forgetFilter(name, context)));
}
