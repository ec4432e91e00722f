import { randomUUID } from "node:crypto";
import { changeProxyInput, deleteProxiesInput, type PoolView, putPoolInput, sendPoolInput } from "@deskhand/shared/schemas/proxy";
import { generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, expect, it } from "vitest";
import { FakeRest } from "./testing/fake-rest.ts";
import { ids, page, proxyView, runner } from "./testing/views.ts";

let rest: FakeRest;
const first = proxyView({ name: "first" });
const second = proxyView({ id: ids.profile, host: "second.example" });

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  rest.answers["GET /proxies"] = page(first, second);
  rest.answers["GET /runners"] = { items: [{ ...runner, sealRecipient: await identityToRecipient(await generateIdentity()) }] };
});
afterEach(() => rest.close());

const deskhand = (...args: string[]) => rest.deskhand([...args, "--json"]);
const bodyOf = (route: string) => rest.calls.findLast((call) => call.route === route)?.body;

it("pools are made, changed by their name, listed and deleted", async () => {
  const pools: PoolView[] = [];
  rest.answers["GET /proxy-pools"] = () => ({ items: pools });
  const made = { exitCode: 0, last: { name: "berlin", revision: 1, strategy: "failover", coolDownSeconds: 300 } };
  rest.otherwise = (route) => {
    const [, id] = /^PUT \/proxy-pools\/(.*)$/.exec(route) ?? [];
    return id === undefined
      ? undefined
      : ({ body }) => {
          const { signed: _, ...pool } = putPoolInput.parse({ ...body, id });
          pools[0] = {
            ...pool,
            knownTo: [],
            usedBy: 0,
            projectId: ids.project,
            revision: pool.revision + 1,
            createdAt: "2026-01-01T00:00:00.000Z",
          };
          return pools[0];
        };
  };
  expect(await deskhand("pools", "put", "berlin")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  expect(await deskhand("pools", "put", "berlin", "--proxy", "first", "second.example:1080", "--strategy", "failover")).toMatchObject(made);
  expect(pools[0]?.proxyIds).toEqual([first.id, second.id]);
  expect(await deskhand("pools", "put", "Berlin", "--cool-down", "60")).toMatchObject({
    exitCode: 0,
    last: { id: pools[0]?.id, name: "berlin", revision: 2, coolDownSeconds: 60, proxyIds: [first.id, second.id] },
  });
  expect(await deskhand("pools", "put", "berlin", "--strategy", "best")).toMatchObject({ exitCode: 2 });
  expect(await deskhand("pools", "put", "berlin", "--cool-down", "-1")).toMatchObject({ exitCode: 2 });
  expect(await deskhand("pools", "list")).toMatchObject({ lines: [{ type: "pool", name: "berlin" }, { count: 1 }] });
  rest.answers["GET /proxies"] = page({ ...first, knownTo: [] }, { ...second, knownTo: [], hasPassword: false });
  const poolId = String(pools[0]?.id);
  rest.answers[`POST /proxy-pools/${poolId}/send`] = ({ body }) => ({
    ...pools[0],
    knownTo: [sendPoolInput.parse({ ...body, id: poolId }).runnerId],
  });
  expect(await deskhand("pools", "send", "berlin")).toMatchObject({
    exitCode: 0,
    lines: [{ type: "sent", runnerId: ids.runner, locked: [first.id] }, { sent: 1 }],
  });
  expect(bodyOf(`POST /proxy-pools/${poolId}/send`)).toMatchObject({ revision: 2, proxies: [{ id: second.id, revision: 1 }] });
  rest.answers[`POST /proxy-pools/${pools[0]?.id}/delete`] = { done: true };
  expect(await deskhand("pools", "delete", "berlin")).toMatchObject({ exitCode: 0, last: { deleted: true } });
  expect(await deskhand("pools", "delete", "paris")).toMatchObject({ exitCode: 2 });
});

it("a proxy keeps its password under another name, and is sealed anew at another address", async () => {
  rest.answers[`PATCH /proxies/${first.id}`] = ({ body }) => ({ ...first, ...body, revision: 2 });
  expect(await deskhand("proxies", "edit", "first", "--name", "one")).toMatchObject({ exitCode: 0, last: { name: "one" } });
  const renamed = changeProxyInput.parse({ ...bodyOf(`PATCH /proxies/${first.id}`), id: first.id });
  expect(renamed).toMatchObject({ name: "one", host: first.host, revision: 1 });
  expect(renamed).not.toHaveProperty("passwordSealed");
  expect((await deskhand("proxies", "edit", "first", "--address", "https://bea:p-w-secret@other.example:8080")).exitCode).toBe(0);
  const moved = changeProxyInput.parse({ ...bodyOf(`PATCH /proxies/${first.id}`), id: first.id });
  expect(moved).toMatchObject({ name: "first", scheme: "https", host: "other.example", username: "bea", sealedFor: [ids.runner] });
  expect(moved.passwordSealed).toContain("AGE ENCRYPTED");
  expect(JSON.stringify(rest.calls)).not.toContain("p-w-secret");
  expect((await deskhand("proxies", "edit", "first", "--no-password")).exitCode).toBe(0);
  expect(bodyOf(`PATCH /proxies/${first.id}`)).toMatchObject({ passwordSealed: null });
  expect(await deskhand("proxies", "edit", "first")).toMatchObject({ exitCode: 2 });
  expect(await deskhand("proxies", "edit", "first", "--address", "a.example:8080:b.example:9090")).toMatchObject({ exitCode: 2 });
});

it("proxies that do not work are deleted together, and those that are used stay", async () => {
  const used = proxyView({ id: randomUUID(), usedBy: 2 });
  rest.answers["GET /proxies"] = page(first, second, used);
  rest.answers["POST /proxies/delete"] = { done: true };
  expect(await deskhand("proxies", "delete", "--state", "fails")).toMatchObject({ exitCode: 0, last: { deleted: 2, kept: 1 } });
  expect(rest.calls.find(({ route }) => route === "GET /proxies")?.query).toMatchObject({ state: "fails" });
  expect(deleteProxiesInput.parse(bodyOf("POST /proxies/delete")).ids).toEqual([first.id, second.id]);
  for (const wrong of [[], ["first", "--state", "fails"], ["--state", "dead"]])
    expect(await deskhand("proxies", "delete", ...wrong)).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
});

it("proxies are deleted by name, and their bytes told by profile to the last one", async () => {
  rest.answers["POST /proxies/delete"] = { done: true };
  expect(await deskhand("proxies", "delete", "first", "second.example:1080", "first")).toMatchObject({ exitCode: 0, last: { deleted: 2 } });
  expect(deleteProxiesInput.parse(bodyOf("POST /proxies/delete")).ids).toEqual([first.id, second.id]);
  const use = (n: number) => ({
    profileId: randomUUID(),
    profileName: `P${n}`,
    proxyId: first.id,
    bytesSent: n,
    bytesReceived: 2 * n,
    lastUsedAt: "2026-01-01T00:00:00.000Z",
  });
  let pages = 0;
  rest.answers["GET /proxies/usage"] = () => ({ items: [use(++pages)], nextCursor: pages < 3 ? "more" : null });
  const { lines, last } = await deskhand("proxies", "bytes", "first");
  expect(lines.slice(0, 3)).toMatchObject([{ type: "usage", profileName: "P1" }, { profileName: "P2" }, { profileName: "P3" }]);
  expect(last).toEqual({ type: "result", count: 3, bytesSent: 6, bytesReceived: 12 });
});
