import { chunks } from "@deskhand/shared/chunks";
import { bytesWords } from "@deskhand/shared/schemas/bytes-words";
import { done } from "@deskhand/shared/schemas/common";
import { proxyText } from "@deskhand/shared/schemas/export-proxies";
import { parseProxies } from "@deskhand/shared/schemas/parse-proxies";
import { PROXIES_AT_ONCE, proxyState, proxyUsagePage, proxyView } from "@deskhand/shared/schemas/proxy";
import { runnerHome } from "../../identity/home.ts";
import { collect, createApi } from "../api.ts";
import type { CommandContext } from "../command.ts";
import { usageError } from "../failure.ts";
import { requireOneOf } from "../flag-values.ts";
import { findProfile } from "../lookup.ts";
import { sealProxy } from "../seal-proxy.ts";
import { accessFrom } from "../settings.ts";
import { acceptedRunners, signProxies } from "../sign-proxies.ts";
import { allProxies, pickProxy } from "./proxies.ts";

export type EditProxyFlags = { address?: string; name?: string | false; password?: false; changeUrl?: false };

/**
 * `deskhand proxies edit PROXY`: another name, or another address in one of the shapes that are imported. A password that the address
 * does not have stays, as long as host, port and user name do.
 */
export async function editProxy(wanted: string, flags: EditProxyFlags, { env, output }: CommandContext): Promise<number> {
  const { address, name } = flags;
  if (address === undefined && name === undefined && flags.password === undefined && flags.changeUrl === undefined)
    throw usageError("Nothing is to be changed.", "For example: --address socks5://ann:secret@proxy.example:1080");
  const api = createApi(accessFrom(env));
  const before = pickProxy(await allProxies(api), wanted);
  const [line, other] = address === undefined ? [] : parseProxies(address, before.scheme);
  if (line && (other || line.kind !== "parsed"))
    throw usageError("The address cannot be read, or in more than one way.", "Write it as socks5://user:password@host:port");
  const given = line?.kind === "parsed" ? line.proxy : { ...before, password: null, changeUrl: null };
  const runners = await acceptedRunners(api);
  const sealed = await sealProxy(
    runners.map(({ sealRecipient }) => sealRecipient),
    given,
  );
  const secrets = {
    ...((given.password !== null || flags.password === false) && { passwordSealed: sealed.passwordSealed }),
    ...((given.changeUrl !== null || flags.changeUrl === false) && { changeUrlSealed: sealed.changeUrlSealed }),
  };
  const { id, revision } = before;
  const { scheme, host, port, username } = given;
  const order = { id, scheme, host, port, username, ...secrets, revision: revision + 1 };
  const signed = await signProxies(api, runnerHome(env), runners, { proxies: [order], pools: [], removed: [] });
  const body = {
    ...order,
    revision,
    name: name === undefined ? before.name : name || null,
    sealedFor: runners.map((one) => one.id),
    signed,
  };
  const proxy = await api.patch(`/proxies/${id}`, body, proxyView);
  output.result({ ...proxy }, `Changed: ${proxyText(proxy)}`);
  return 0;
}

/** `deskhand proxies delete PROXY…`: by the 200; none of those that a profile or a pool names. */
export async function deleteProxies(names: string[], flags: { state?: string }, { env, output }: CommandContext): Promise<number> {
  const state = requireOneOf("state", flags.state, proxyState.options);
  if (names.length > 0 === (state !== undefined))
    throw usageError("Name the proxies to delete, or give --state.", "For example: --state fails");
  const api = createApi(accessFrom(env));
  const all = await allProxies(api, { state });
  const chosen = state
    ? all.filter(({ usedBy }) => usedBy === 0)
    : [...new Map(names.map((name) => pickProxy(all, name)).map((proxy) => [proxy.id, proxy])).values()];
  const used = state ? all.length - chosen.length : 0;
  const runners = await acceptedRunners(api);
  for (const some of chunks(chosen, PROXIES_AT_ONCE)) {
    const ids = some.map(({ id }) => id);
    const signed = await signProxies(api, runnerHome(env), runners, { proxies: [], pools: [], removed: ids });
    await api.post("/proxies/delete", { projectId: some[0]?.projectId, ids, signed }, done);
    for (const proxy of some) output.tell({ type: "proxy", proxyId: proxy.id, deleted: true }, `Deleted: ${proxyText(proxy)}`);
  }
  const kept = used > 0 ? ` ${used} that profiles or pools use ${used === 1 ? "was" : "were"} kept.` : "";
  output.result({ deleted: chosen.length, kept: used }, `${chosen.length} deleted.${kept}`);
  return 0;
}

/** `deskhand proxies bytes [PROXY]`: what has gone over proxies, by profile, the most recent use first. */
export async function proxyBytes(
  wanted: string | undefined,
  flags: { profile?: string },
  { env, output }: CommandContext,
): Promise<number> {
  const api = createApi(accessFrom(env));
  const all = await allProxies(api);
  const proxyId = wanted === undefined ? undefined : pickProxy(all, wanted).id;
  const profileId = flags.profile === undefined ? undefined : (await findProfile(api, flags.profile)).id;
  const items = await collect(Number.POSITIVE_INFINITY, (cursor, limit) =>
    api.get("/proxies/usage", proxyUsagePage, { proxyId, profileId, cursor, limit }),
  );
  const names = new Map(all.map((proxy) => [proxy.id, proxyText(proxy)]));
  let [sent, received] = [0, 0];
  for (const use of items) {
    sent += use.bytesSent;
    received += use.bytesReceived;
    const proxy = names.get(use.proxyId) ?? use.proxyId;
    output.tell({ type: "usage", ...use }, `${bytesWords(use.bytesSent)}\t${bytesWords(use.bytesReceived)}\t${use.profileName}\t${proxy}`);
  }
  output.result(
    { count: items.length, bytesSent: sent, bytesReceived: received },
    `${bytesWords(sent)} sent, ${bytesWords(received)} received.`,
  );
  return 0;
}
