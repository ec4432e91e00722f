import { readFileSync } from "node:fs";
import { exitOf } from "@deskhand/shared/schemas/exit-of";
import { fitIdentity } from "@deskhand/shared/schemas/fit-identity";
import { checkIdentity, choicesOf, type Identity, identityOs, identity as identitySchema } from "@deskhand/shared/schemas/identity";
import { deviceWish, type profileDetail } from "@deskhand/shared/schemas/profile";
import { type ProfileSettings, profileEngine } from "@deskhand/shared/schemas/profile-settings";
import { poolList } from "@deskhand/shared/schemas/proxy";
import { onMismatch, type ProxySetting, proxyIdsOf } from "@deskhand/shared/schemas/proxy-setting";
import type * as z from "zod";
import type { Api } from "../../api.ts";
import { usageError } from "../../failure.ts";
import { findPool } from "../pools.ts";
import { allProxies, pickProxy } from "../proxies.ts";

export type SettingFlags = {
  engine?: string;
  /** False for --no-proxy. */
  proxy?: string | string[] | false;
  pool?: string;
  onMismatch?: string;
  identity?: string;
  newIdentity?: boolean;
  os?: string;
  fitProxy?: boolean;
} & LocaleFlags;
export type LocaleFlags = { languages?: string; timeZone?: string };
type Detail = z.output<typeof profileDetail>;

/** What the flags change of a profile's settings. @throws CliError USAGE when they change nothing, or contradict themselves */
export async function changesFrom(api: Api, flags: SettingFlags, profile: Pick<Detail, "runnerId" | "settings">) {
  const changes: Partial<ProfileSettings> = {};
  if (flags.engine !== undefined) changes.engine = oneOf(profileEngine, flags.engine, "--engine is either shared or dedicated.");
  if (flags.onMismatch !== undefined) changes.onMismatch = oneOf(onMismatch, flags.onMismatch, "--on-mismatch is either warn or block.");
  const proxy = await readWay(api, flags);
  if (proxy) changes.proxy = proxy;
  const identity = await readDevice(api, flags, profile);
  if (identity !== undefined) changes.identity = identity;
  if (flags.fitProxy) changes.identity = await fitted(api, { ...profile.settings, ...changes });
  if (Object.keys(changes).length === 0) throw usageError("Nothing is to be changed.", "For example: --engine dedicated");
  return changes;
}

/** How profiles are to reach the network; undefined when the flags do not say. */
export async function readWay(api: Api, { proxy, pool }: Pick<SettingFlags, "proxy" | "pool">): Promise<ProxySetting | undefined> {
  if (pool !== undefined && proxy !== undefined) throw usageError("Name either proxies or a pool.", "For example: --pool berlin");
  if (pool !== undefined) {
    return { kind: "pool", poolId: (await findPool(api, pool)).id };
  }
  if (proxy === undefined) return undefined;
  if (proxy === false) return { kind: "none" };
  const all = await allProxies(api);
  const ids = [proxy].flat().map((wanted) => pickProxy(all, wanted).id);
  const [first] = ids;
  return ids.length === 1 && first ? { kind: "proxy", proxyId: first } : { kind: "chain", proxyIds: ids };
}

/** How a profile reaches the network, by the names of its proxies. */
export async function wayWords(api: Api, { proxy, onMismatch: mismatch }: ProfileSettings): Promise<string> {
  if (proxy.kind === "none") return "none";
  const end = mismatch === "block" ? ", blocked when its exit does not fit" : "";
  if (proxy.kind === "pool") {
    const pool = (await api.get("/proxy-pools", poolList)).items.find(({ id }) => id === proxy.poolId);
    return `pool ${pool?.name ?? proxy.poolId}${end}`;
  }
  const all = await allProxies(api);
  const names = proxyIdsOf(proxy).map((id) => {
    const known = all.find((one) => one.id === id);
    return known ? known.name || `${known.host}:${known.port}` : id;
  });
  return `${names.join(", then ")}${end}`;
}

/** The device as somebody there has it where the profile leads out. @throws CliError USAGE when either is missing */
async function fitted(api: Api, { identity, proxy }: ProfileSettings): Promise<Identity> {
  if (!identity) throw usageError("The profile has no device that could be fitted.", "Add --new-identity.");
  if (proxy.kind === "none") throw usageError("The profile leaves directly: there is no exit to fit it to.", "Add --proxy or --pool.");
  const exit = exitOf(proxy, await allProxies(api), (await api.get("/proxy-pools", poolList)).items);
  if (!exit) throw usageError("Where its proxy leads out is not known.", "Run `deskhand proxies check` first.");
  return fitIdentity(identity, exit);
}

/** What was said of a device's languages and clocks. @throws CliError USAGE for a language or time zone that is none */
export function readLocale({ languages, timeZone }: LocaleFlags): Pick<z.output<typeof deviceWish>, "languages" | "timeZone"> {
  const read = deviceWish.safeParse({
    ...(languages !== undefined && { languages: languages.split(",").map((language) => language.trim()) }),
    ...(timeZone !== undefined && { timeZone }),
  });
  if (read.success) return read.data;
  throw usageError(read.error.issues[0]?.message ?? "", "For example: --languages de-DE,en --time-zone Europe/Berlin");
}

async function readDevice(
  api: Api,
  { identity, newIdentity, os, fitProxy, ...said }: SettingFlags,
  { runnerId, settings }: Pick<Detail, "runnerId" | "settings">,
): Promise<Identity | null | undefined> {
  if (identity !== undefined && newIdentity) throw usageError("Give an identity or have a new one made.", "For example: --new-identity");
  const locale = readLocale(said);
  const isLocal = Object.keys(locale).length > 0;
  if (isLocal && (identity !== undefined || fitProxy)) {
    throw usageError("The languages and the time zone come from the file or the proxy.", "Leave --languages and --time-zone out.");
  }
  if (newIdentity) {
    const system = os === undefined ? {} : { os: oneOf(identityOs, os, "--os is windows, macos, linux or android.") };
    const device = { ...(settings.identity && choicesOf(settings.identity)), ...system, ...locale };
    return api.post("/profiles/suggest-identity", { runnerId, device }, identitySchema);
  }
  if (os !== undefined) throw usageError("--os is for a new identity.", "Add --new-identity.");
  if (isLocal && !settings.identity) throw usageError("The profile has no device that could be changed.", "Add --new-identity.");
  if (isLocal) return valid({ ...settings.identity, ...locale });
  if (identity === undefined) return undefined;
  return identity === "none" ? null : valid(readJson(identity));
}

function valid(given: unknown): Identity {
  const checked = checkIdentity(given);
  if (checked.ok) return checked.identity;
  const [first] = checked.issues;
  throw usageError(`${first?.path}: ${first?.message}`, "`deskhand profiles show NAME --json` shows what an identity is like.");
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? "it is not JSON";
    throw usageError(`${file} cannot be read: ${why}.`, "Name a JSON file with an identity, or none.");
  }
}

function oneOf<T extends string>(schema: z.ZodType<T>, given: string, words: string): T {
  const read = schema.safeParse(given);
  if (!read.success) throw usageError(words, "`deskhand help profiles configure` shows how it is used.");
  return read.data;
}
