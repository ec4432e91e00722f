import { chunks } from "@deskhand/shared/chunks";
import type { TaskPayload } from "@deskhand/shared/protocol/tasks";
import type { PastedProxy } from "@deskhand/shared/schemas/parse-proxies";
import { type PoolView, PROXIES_AT_ONCE, PROXIES_PER_CHECK, type ProxyView } from "@deskhand/shared/schemas/proxy";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { ordersForPool } from "@deskhand/shared/schemas/send-pool";
import { orderManifest } from "@deskhand/shared/signing/make-manifest";
import { useQueryClient } from "@tanstack/react-query";
import { allPages } from "@/trpc/all-pages";
import { isRecipientRight } from "@/trpc/browser-key";
import { useTRPC, useTRPCClient } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { useSigner } from "@/trpc/signing";

/** The cryptography is not part of the page until somebody needs it. */
const sealing = () => import("./seal-proxy.ts");

type Payload = Omit<TaskPayload<"proxy.configure">, "signedManifest" | "requestedBy">;
export type PoolWish = Pick<PoolView, "id" | "name" | "strategy" | "coolDownSeconds" | "proxyIds" | "revision">;
export type ProxyChange = Pick<ProxyView, "id" | "revision" | "name" | "scheme" | "host" | "port" | "username"> & {
  /** Left out: as it is. null: none. */
  password?: string | null;
  changeUrl?: string | null;
};

/** What people do with proxies: secrets are sealed here, and what runners are told is signed where they demand it. */
export function useProxyOrders() {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const queryClient = useQueryClient();
  const { sign } = useSigner();
  const { id: projectId } = useProject();

  async function acceptedRunners(): Promise<RunnerView[]> {
    const { items } = await queryClient.fetchQuery(trpc.runner.list.queryOptions({ projectId }));
    return items.filter(({ status }) => status === "accepted");
  }

  /** Whom secrets are sealed to. @throws Error when the server names another key for a runner than its own computer did */
  async function recipientsOf(runners: readonly RunnerView[]): Promise<string[]> {
    for (const { id, name, sealRecipient } of runners) {
      if (!(await isRecipientRight(id, sealRecipient)))
        throw new Error(`The key of ${name} is not the one that its computer told this browser.`);
    }
    return runners.map(({ sealRecipient }) => sealRecipient);
  }

  async function signForAll(runners: readonly RunnerView[], payload: Payload) {
    const signed = [];
    for (const runner of runners) {
      const signedManifest = await sign(runner, () => orderManifest(runner.id, "proxy.configure", payload));
      if (signedManifest !== undefined) signed.push({ runnerId: runner.id, signedManifest });
    }
    return signed;
  }
  const ask = () => queryClient.invalidateQueries(trpc.proxy.pathFilter());

  /** @returns how many were added, and how many the project had before */
  async function add(pasted: readonly PastedProxy[], onProgress?: (done: number) => void): Promise<{ added: number; skipped: number }> {
    const runners = await acceptedRunners();
    const recipients = await recipientsOf(runners);
    const sealedFor = runners.map(({ id }) => id);
    const { sealProxy } = await sealing();
    let [added, skipped] = [0, 0];
    for (let from = 0; from < pasted.length; from += PROXIES_AT_ONCE) {
      const proxies = await Promise.all(
        pasted.slice(from, from + PROXIES_AT_ONCE).map((one) => sealProxy(recipients, crypto.randomUUID(), one)),
      );
      const payload = { proxies: proxies.map(({ name: _, ...proxy }) => ({ ...proxy, revision: 1 })), pools: [], removed: [] };
      const signed = await signForAll(runners, payload);
      const done = await client.proxy.import.mutate({ projectId, proxies, sealedFor, signed });
      added += done.items.length;
      skipped += done.skipped;
      onProgress?.(Math.min(pasted.length, from + PROXIES_AT_ONCE));
    }
    await ask();
    return { added, skipped };
  }

  async function change({ password, changeUrl, ...proxy }: ProxyChange): Promise<void> {
    const runners = await acceptedRunners();
    const recipients = password || changeUrl ? await recipientsOf(runners) : [];
    const seal = async (secret: string | null | undefined) => (secret ? (await sealing()).sealForProxy(recipients, proxy, secret) : secret);
    const [passwordSealed, changeUrlSealed] = await Promise.all([seal(password), seal(changeUrl)]);
    const secrets = { ...(passwordSealed !== undefined && { passwordSealed }), ...(changeUrlSealed !== undefined && { changeUrlSealed }) };
    const { id, scheme, host, port, username, revision } = proxy;
    const order = { id, scheme, host, port, username, ...secrets, revision: revision + 1 };
    const signed = await signForAll(runners, { proxies: [order], pools: [], removed: [] });
    await client.proxy.change.mutate({ ...proxy, ...secrets, sealedFor: runners.map((runner) => runner.id), signed });
    await ask();
  }

  async function remove(ids: readonly string[]): Promise<void> {
    const runners = await acceptedRunners();
    try {
      for (const some of chunks(ids, PROXIES_AT_ONCE)) {
        const signed = await signForAll(runners, { proxies: [], pools: [], removed: some });
        await client.proxy.delete.mutate({ projectId, ids: some, signed });
      }
    } finally {
      await ask();
    }
  }

  async function putPool({ name, revision, ...pool }: PoolWish): Promise<void> {
    const payload = { proxies: [], pools: [{ ...pool, revision: revision + 1 }], removed: [] };
    const signed = await signForAll(await acceptedRunners(), payload);
    await client.proxy.putPool.mutate({ projectId, name, revision, ...pool, signed });
    await ask();
  }

  /** Tells a runner of a pool that it does not have. @returns proxies of it that stay unknown there: their secrets are sealed to others */
  async function sendPool(pool: PoolView, runner: RunnerView): Promise<ProxyView[]> {
    const proxies = await allPages((cursor) => client.proxy.list.query({ projectId, limit: 100, ...(cursor && { cursor }) }));
    const { orders, locked } = ordersForPool(pool, proxies, runner.id);
    for (const { proxies: some, payload } of orders) {
      const signedManifest = await sign(runner, () => orderManifest(runner.id, "proxy.configure", payload));
      const known = some.map(({ id, revision }) => ({ id, revision }));
      await client.proxy.sendPool.mutate({ id: pool.id, runnerId: runner.id, revision: pool.revision, proxies: known, signedManifest });
    }
    await ask();
    return locked;
  }

  async function deletePool(id: string): Promise<void> {
    const signed = await signForAll(await acceptedRunners(), { proxies: [], pools: [], removed: [id] });
    await client.proxy.deletePool.mutate({ id, signed });
    await ask();
  }

  /** Has the runner look at them, a few at a time so that the first answers come soon, and more where there are many: orders are counted. */
  async function check(runner: RunnerView, proxyIds: readonly string[]): Promise<void> {
    const together = Math.min(PROXIES_PER_CHECK, Math.max(checkedTogether, Math.ceil(proxyIds.length / checksAtOnce)));
    for (let from = 0; from < proxyIds.length; from += together) {
      const payload = { proxyIds: proxyIds.slice(from, from + together) };
      const signedManifest = await sign(runner, () => orderManifest(runner.id, "proxy.check", payload));
      await client.proxy.check.mutate({ projectId, runnerId: runner.id, ...payload, signedManifest });
    }
  }

  return { add, change, remove, putPool, sendPool, deletePool, check };
}

const checkedTogether = 8;
const checksAtOnce = 40;
