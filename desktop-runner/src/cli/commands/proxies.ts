import { readFile } from "node:fs/promises";
import { chunks } from "@deskhand/shared/chunks";
import { proxiesAsJson, proxiesAsText, proxyText } from "@deskhand/shared/schemas/export-proxies";
import { type PastedProxy, type ProxyLine, parseProxies } from "@deskhand/shared/schemas/parse-proxies";
import {
  checkStarted,
  importedProxies,
  PROXIES_AT_ONCE,
  PROXIES_PER_CHECK,
  type ProxyState,
  type ProxyView,
  proxyFinding,
  proxyPage,
  proxyScheme,
  proxyState,
} from "@deskhand/shared/schemas/proxy";
import { describeCheckFailure } from "@deskhand/shared/schemas/proxy-check-words";
import { isRunFailureCode } from "@deskhand/shared/schemas/run-failure";
import { runnerList } from "@deskhand/shared/schemas/runner";
import { taskView } from "@deskhand/shared/schemas/task";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import * as z from "zod";
import { runnerHome } from "../../identity/home.ts";
import { type Api, collect, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { CliError, usageError } from "../failure.ts";
import { requireOneOf } from "../flag-values.ts";
import { findRunner } from "../lookup.ts";
import { sealProxy } from "../seal-proxy.ts";
import { accessFrom } from "../settings.ts";
import { signFor } from "../sign-deployment.ts";
import { acceptedRunners, signProxies } from "../sign-proxies.ts";
import { slowing } from "../slowing.ts";

/** How long a check of many may take for each of them, where all are slow. */
const secondsEach = 2;
const checkFindings = z.object({ findings: z.array(proxyFinding) });

/** `deskhand proxies list` */
export async function listProxies(flags: { search?: string; state?: string }, { env, output }: CommandContext): Promise<number> {
  const state = requireOneOf("state", flags.state, proxyState.options);
  const items = await allProxies(createApi(accessFrom(env)), { search: flags.search, state });
  for (const proxy of items) output.tell({ type: "proxy", ...proxy }, `${proxy.id}  ${proxyText(proxy)}  ${checkLine(proxy)}`);
  output.result({ count: items.length }, items.length === 0 ? "There are no such proxies." : undefined);
  return 0;
}

/** `deskhand proxies import [FILE]`: all lines or none; what can be read in two ways is asked about, and not guessed. */
export async function importProxies(
  file: string | undefined,
  flags: { scheme?: string; choose?: string[] },
  { env, output, readInput }: CommandContext,
): Promise<number> {
  const scheme = proxyScheme.safeParse(flags.scheme ?? "http");
  if (!scheme.success) throw usageError(`"${flags.scheme}" is not a scheme.`, `It is one of: ${proxyScheme.options.join(", ")}.`);
  const text = file === undefined ? await readInput() : await readFile(file, "utf8").catch(() => undefined);
  if (text === undefined) throw usageError(`"${file}" cannot be read.`, "Check the path; without one, standard input is read.");
  const pasted = decide(parseProxies(text, scheme.data), flags.choose ?? []);
  if (pasted.length === 0)
    throw usageError("There is no proxy in it.", "A line is like host:port:user:password or socks5://user:password@host:port.");

  const api = createApi(accessFrom(env));
  const runners = await acceptedRunners(api);
  const hasSecrets = pasted.some(({ password, changeUrl }) => password !== null || changeUrl !== null);
  if (hasSecrets && runners.length === 0) {
    throw new CliError(
      "RUNNER_NOT_ACCEPTED",
      3,
      "Passwords are sealed to runners, and the project has none.",
      "Pair and accept a runner first.",
    );
  }
  const recipients = runners.map(({ sealRecipient }) => sealRecipient);
  let [added, skipped] = [0, 0];
  for (let from = 0; from < pasted.length; from += PROXIES_AT_ONCE) {
    const proxies = await Promise.all(pasted.slice(from, from + PROXIES_AT_ONCE).map((one) => sealProxy(recipients, one)));
    const payload = { proxies: proxies.map(({ name: _, ...proxy }) => ({ ...proxy, revision: 1 })), pools: [], removed: [] };
    const signed = await signProxies(api, runnerHome(env), runners, payload);
    const done = await api.post("/proxies", { proxies, sealedFor: runners.map(({ id }) => id), signed }, importedProxies);
    for (const proxy of done.items) output.tell({ type: "proxy", ...proxy }, `${proxy.id}  ${proxyText(proxy)}`);
    added += done.items.length;
    skipped += done.skipped;
  }
  output.result({ added, skipped }, `${added} added${skipped > 0 ? `, ${skipped} ${skipped === 1 ? "was" : "were"} there before` : ""}.`);
  return 0;
}

/** `deskhand proxies check [PROXY...]`: ends with 1 when one does not work. */
export async function checkProxies(
  names: string[],
  flags: { runner?: string; timeout?: string },
  { env, output }: CommandContext,
): Promise<number> {
  const api = createApi(accessFrom(env));
  const all = await allProxies(api);
  const chosen = names.length === 0 ? all : names.map((name) => pickProxy(all, name));
  const seconds = Number(flags.timeout ?? Math.max(120, secondsEach * chosen.length));
  if (!(seconds > 0)) throw usageError("--timeout must be a number of seconds.", "For example: --timeout 60");
  const runner = flags.runner
    ? await findRunner(api, flags.runner)
    : (await api.get("/runners", runnerList)).items.find(({ online }) => online);
  if (!runner) throw new CliError("RUNNER_OFFLINE", 3, "No runner is online.", "Start one, then check again.");
  const waiting: { id: string; proxies: ProxyView[] }[] = [];
  for (const proxies of chunks(chosen, PROXIES_PER_CHECK)) {
    const payload = { proxyIds: proxies.map(({ id }) => id) };
    const signedManifest = await signFor(api, runnerHome(env), runner, () => orderManifest(runner.id, "proxy.check", payload));
    const { commandId } = await api.post("/proxies/check", { runnerId: runner.id, ...payload, signedManifest }, checkStarted);
    waiting.push({ id: commandId, proxies });
  }
  let [checked, failed] = [0, 0];
  const advice = new Set<string>();
  const end = Date.now() + 1000 * seconds;
  const look = slowing(end);
  for (let task = waiting[0]; task && Date.now() < end; task = waiting[0]) {
    const { finishedAt, result } = await api.get(`/tasks/${task.id}`, taskView);
    if (finishedAt === null) {
      await look.pause();
      continue;
    }
    waiting.shift();
    look.begin();
    const found = new Map((checkFindings.safeParse(result).data?.findings ?? []).map((finding) => [finding.proxyId, finding]));
    for (const proxy of task.proxies) {
      const finding = found.get(proxy.id);
      if (!finding) continue;
      const lastCheck = { ...finding, at: finishedAt };
      checked++;
      if (finding.failureCode) failed++;
      if (isRunFailureCode(finding.failureCode)) advice.add(describeCheckFailure(finding.failureCode).whatToDo);
      output.tell({ type: "check", ...lastCheck }, `${proxyText(proxy)}  ${checkLine({ lastCheck })}`);
    }
  }
  const unanswered = chosen.length - checked;
  const line = `${checked - failed} of ${chosen.length} work${unanswered > 0 ? `, ${unanswered} gave no answer in time` : ""}.`;
  output.result({ checked, failed, unanswered }, [line, ...advice].join("\n"));
  return failed + unanswered > 0 ? 1 : 0;
}

/** `deskhand proxies export` */
export async function exportProxies(flags: { format?: string }, { env, output }: CommandContext): Promise<number> {
  const format = flags.format ?? "text";
  if (format !== "text" && format !== "json") throw usageError(`"${format}" is not a format.`, "It is text or json.");
  const items = await allProxies(createApi(accessFrom(env)));
  const text = format === "json" ? proxiesAsJson(items) : proxiesAsText(items);
  output.result({ format, text }, text.trimEnd());
  return 0;
}

function decide(lines: ProxyLine[], choices: readonly string[]): PastedProxy[] {
  const chosen = new Map(choices.map((choice) => choice.split("=").map(Number) as [number, number]));
  const issues = lines.flatMap((line) => {
    if (line.kind === "invalid") return [{ line: line.line, message: `Line ${line.line}: ${line.reason}` }];
    if (line.kind === "parsed" || line.candidates[(chosen.get(line.line) ?? 0) - 1]) return [];
    const readings = line.candidates.map((candidate, index) => `${index + 1}) ${proxyText(candidate)}`);
    return [{ line: line.line, message: `Line ${line.line} can be read as ${readings.join(" or ")}: say --choose ${line.line}=1 or so` }];
  });
  if (issues.length > 0) {
    const what = issues.length === 1 ? "A line is" : `${issues.length} lines are`;
    throw new CliError("INVALID_INPUT", 2, `${what} not clear, so nothing was added.`, "Correct what is named, then import again.", {
      details: { issues },
    });
  }
  return lines.flatMap((line) => {
    if (line.kind === "parsed") return [line.proxy];
    const candidate = line.kind === "ambiguous" ? line.candidates[(chosen.get(line.line) ?? 0) - 1] : undefined;
    return candidate ? [candidate] : [];
  });
}

/** However many there are. */
export function allProxies(api: Api, filter: { search?: string; state?: ProxyState } = {}): Promise<ProxyView[]> {
  return collect(Number.POSITIVE_INFINITY, (cursor, limit) => api.get("/proxies", proxyPage, { ...filter, cursor, limit }));
}

/** By its id, name, or host and port. @throws CliError USAGE */
export function pickProxy(proxies: ProxyView[], wanted: string): ProxyView {
  const isMeant = ({ id, name, host, port }: ProxyView) => id === wanted || name === wanted || `${host}:${port}` === wanted;
  const [found, other] = proxies.filter(isMeant);
  if (!found) throw usageError(`There is no proxy "${wanted}".`, "`deskhand proxies list` lists them; an id, a name or host:port works.");
  if (other) throw usageError(`There is more than one proxy "${wanted}".`, "Give its id.");
  return found;
}

function checkLine({ lastCheck }: Pick<ProxyView, "lastCheck">): string {
  if (!lastCheck) return "not checked";
  const { failureCode } = lastCheck;
  if (failureCode) return isRunFailureCode(failureCode) ? describeCheckFailure(failureCode).title : failureCode;
  const { exit, latencyMs } = lastCheck;
  return [exit?.country, exit?.address, exit?.timeZone, latencyMs === null ? null : `${latencyMs} ms`].filter(Boolean).join("  ");
}
