import { existsSync } from "node:fs";
import { describeRefusal } from "@deskhand/shared/schemas/refusal-words";
import { runnerHome } from "../../identity/home.ts";
import { Journal } from "../../journal/journal.ts";
import { RefusalLog } from "../../journal/refusal-log.ts";
import { editPolicy, resetPolicy, withoutRule, withRule } from "../../policy/edit-policy.ts";
import { loadPolicy, type Policy } from "../../policy/policy-file.ts";
import { describeSize, withSetting } from "../../policy/policy-settings.ts";
import { readKept } from "../../policy/policy-store.ts";
import { viewPolicy, viewRule } from "../../policy/policy-view.ts";
import { ruleName } from "../../policy/rules.ts";
import { networkPolicy } from "../../policy/tightening.ts";
import type { CommandContext } from "../command.ts";
import { damaged, edited } from "../policy-failure.ts";

/** Refusals that `deskhand policy refusals` tells, newest first. */
const refusalsTold = 100;

/** `deskhand policy allow|deny HOST`: the rule holds at once, also for runs that are under way. */
export async function addRule(effect: "allow" | "deny", host: string, flags: { private?: boolean }, context: CommandContext) {
  const home = runnerHome(context.env);
  const policy = edited(() => editPolicy(home, (before) => withRule(before, effect, host, flags.private ?? false)));
  const rule = policy.rules.at(-1);
  if (!rule) throw new Error("the rule is not there");
  context.output.result(viewRule({ ...rule, by: "device" }), `${effect === "allow" ? "Allowed" : "Denied"}: ${rule.pattern}`);
  return 0;
}

/** `deskhand policy remove HOST` */
export async function removeRule(host: string, _flags: object, { env, output }: CommandContext): Promise<number> {
  const policy = edited(() => editPolicy(runnerHome(env), (before) => withoutRule(before, host)));
  output.result({ removed: host, rules: policy.rules.length }, `Removed the rule about ${host}.`);
  return 0;
}

/** `deskhand policy list`: the rules about hosts, the project's among them. */
export async function listRules(_flags: object, { env, output }: CommandContext): Promise<number> {
  const home = runnerHome(env);
  const { rules } = networkPolicy(readPolicy(env), readKept(home));
  for (const rule of rules) output.tell({ type: "rule", ...viewRule(rule) }, ruleName(rule));
  output.result({ count: rules.length }, rules.length === 0 ? nothingAllowed : undefined);
  return 0;
}

/** `deskhand policy show`: all that the runner allows, and whether it works now. */
export async function showPolicy(_flags: object, { env, output }: CommandContext): Promise<number> {
  const home = runnerHome(env);
  const policy = readPolicy(env);
  const tightening = readKept(home);
  const view = viewPolicy(policy, tightening, Date.now());
  const { state, quietUntil, rules, maxDownloadBytes, maxDownloadBy, shell, files, code, members, quietHours, signatures } = view;
  const onOff = (value: boolean) => (value ? "on" : "off");
  const ofProject = (by: "device" | "server") => (by === "server" ? " (set by the project)" : "");
  const ranges = quietHours?.ranges.map(({ from, to }) => `${from}-${to}`).join(", ");
  output.result(
    { file: home.policyFile, ...view },
    [
      `Now           ${state === "quiet" ? `quiet${quietUntil ? ` until ${quietUntil}` : ""}` : state}`,
      `Hosts         ${rules.length === 0 ? nothingAllowed : rules.map(ruleName).join("\n              ")}`,
      `Max download  ${describeSize(maxDownloadBytes)}${ofProject(maxDownloadBy)}`,
      `Shell tools   ${onOff(shell)}`,
      `File tools    ${onOff(files)}`,
      `Workflow code ${onOff(code)}`,
      `Members       ${members === "everyone" ? "everyone in the project" : members.join(", ") || "nobody"}`,
      `Signatures    ${signatures}`,
      `Quiet hours   ${quietHours ? `${ranges} (${quietHours.zone})` : "none"}`,
      `File          ${home.policyFile}`,
    ].join("\n"),
  );
  return 0;
}

/** `deskhand policy set NAME VALUE` */
export async function setSetting(name: string, value: string, flags: { zone?: string }, { env, output }: CommandContext): Promise<number> {
  const policy = edited(() => editPolicy(runnerHome(env), (before) => withSetting(before, name, value, flags.zone)));
  const { maxDownloadBytes, shell, files, code, members, signatures, quietHours } = policy;
  output.result({ name, maxDownloadBytes, shell, files, code, members, signatures, quietHours }, `${name} is now ${value}.`);
  return 0;
}

/** `deskhand policy reset`: nothing allowed, as at the beginning; the way out of a policy that cannot be read. */
export async function reset(_flags: object, { env, output }: CommandContext): Promise<number> {
  const aside = resetPolicy(runnerHome(env)) ?? null;
  output.result(
    { reset: true, aside },
    `The policy begins again. ${nothingAllowed}${aside ? `\nThe file that could not be read is ${aside}` : ""}`,
  );
  return 0;
}

/** `deskhand policy refusals`: what was refused on this computer, newest first. */
export async function listRefusals(_flags: object, { env, output }: CommandContext): Promise<number> {
  const { journalFile } = runnerHome(env);
  const refusals = existsSync(journalFile) ? readRefusals(journalFile) : [];
  for (const refusal of refusals) {
    const lastAt = new Date(refusal.lastAt).toISOString();
    const { title } = describeRefusal(refusal);
    output.tell(
      { type: "refusal", ...refusal, lastAt, firstAt: new Date(refusal.firstAt).toISOString() },
      `${lastAt}  ${refusal.count}×  ${title}`,
    );
  }
  output.result({ count: refusals.length }, refusals.length === 0 ? "Nothing was refused." : undefined);
  return 0;
}

/** `deskhand pause` and `deskhand resume` */
export async function setPaused(paused: boolean, { env, output }: CommandContext): Promise<number> {
  edited(() => editPolicy(runnerHome(env), (policy) => ({ ...policy, paused })));
  output.result(
    { paused },
    paused
      ? "Paused: no run begins until `deskhand resume`. The runner stays connected, and runs under way go on."
      : "Not paused any more: runs that waited begin.",
  );
  return 0;
}

/** What to say when the policy lets nothing be opened. */
export const nothingAllowed = "Nothing is allowed yet. Allow a host with: deskhand policy allow example.com";

function readPolicy(env: CommandContext["env"]): Policy {
  const loaded = loadPolicy(runnerHome(env));
  if (!loaded.ok) throw damaged(`${loaded.reason}.`);
  return loaded.policy;
}

function readRefusals(file: string) {
  const journal = new Journal(file);
  try {
    return new RefusalLog(journal).newest(refusalsTold);
  } finally {
    journal.close();
  }
}
