import { randomUUID } from "node:crypto";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type Call, FakeRest, refused } from "./testing/fake-rest.ts";
import { ids, page, proxyView, runner, profile as view } from "./testing/views.ts";

let rest: FakeRest;

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  rest.answers["GET /runners"] = { items: [runner] };
  rest.answers[`GET /runners/${ids.runner}`] = runner;
  rest.answers["GET /profiles"] = page(view);
});
afterEach(() => rest.close());

const deskhand = (...args: string[]) => rest.deskhand(["profiles", ...args, "--json"]);
const bodyOf = (route: string) => rest.calls.find((call) => call.route === route)?.body;

describe("deskhand profiles list, delete and purge, and groups and filters", () => {
  const target = (n: number) => ({
    id: randomUUID(),
    name: `P${n}`,
    runnerId: ids.runner,
    revision: 1,
    settings: defaultSettings,
    inUse: n === 0,
  });
  const groups = [{ id: randomUUID(), projectId: view.projectId, name: "Shops", profiles: 2, createdAt: new Date().toISOString() }];
  const kept = {
    id: randomUUID(),
    name: "Warm ones",
    filter: { tags: ["warm"] },
    sort: "name",
    direction: "asc",
    createdAt: new Date().toISOString(),
  };
  beforeEach(() => {
    rest.answers["GET /profile-groups"] = { total: 3, groups, ungrouped: 1, tags: [], deleted: 0 };
    rest.answers["GET /saved-filters"] = { items: [kept] };
  });

  it("find profiles by what they have, and by a filter that is kept", async () => {
    const list = ["list", "--filter", "warm ones", "--in-group", "shops", "--state", "saved", "--engine", "dedicated"];
    expect(await deskhand(...list, "--sort", "size", "--direction", "asc", "--deleted")).toMatchObject({ exitCode: 0, last: { count: 1 } });
    const { query } = rest.calls.find(({ route }) => route === "GET /profiles") ?? {};
    const wanted = {
      tags: "warm",
      groupId: groups[0]?.id,
      state: "saved",
      engine: "dedicated",
      sort: "size",
      direction: "asc",
      which: "deleted",
    };
    expect(query).toMatchObject(wanted);
    expect(await deskhand("list", "--state", "asleep")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand("list", "--sort", "age")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand("list", "--in-group", "none")).toMatchObject({ exitCode: 0 });
    rest.answers["GET /proxy-pools"] = { items: [] };
    rest.answers["GET /proxies"] = { items: [proxyView({ id: groups[0]?.id ?? "" })], nextCursor: null };
    expect(await deskhand("list", "--through", "proxy.example:1080")).toMatchObject({ exitCode: 0 });
    expect(rest.calls.at(-1)?.query).toMatchObject({ through: groups[0]?.id });
    expect(await deskhand("list", "--through", "none")).toMatchObject({ exitCode: 0 });
    expect(rest.calls.at(-1)?.query).toMatchObject({ through: "none" });
    expect(await deskhand("list", "--through", "nowhere")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand("list", "--in-group", "Nowhere")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });

  it("delete all that match but those in use, and end deleted ones for good, a hundred at a time", async () => {
    const all = Array.from({ length: 151 }, (_, n) => target(n));
    rest.answers["POST /profiles/many/find"] = { items: all, next: null };
    rest.answers["POST /profiles/many/delete"] = ({ body }) => ({ done: (body.ids as []).length, refused: [] });
    rest.answers["POST /profiles/many/purge"] = rest.answers["POST /profiles/many/delete"];
    const sizes = (route: string) => rest.calls.flatMap((call) => (call.route === route ? [(call.body.ids as []).length] : []));
    expect(await deskhand("delete", "--tag", "old")).toMatchObject({
      exitCode: 1,
      lines: [
        { type: "refused", name: "P0", code: "PROFILE_IN_USE" },
        { done: 150, refused: 1 },
      ],
    });
    expect(sizes("POST /profiles/many/delete")).toEqual([99, 51]);
    expect(await deskhand("purge", "--all")).toMatchObject({ exitCode: 0, last: { done: 151, refused: 0 } });
    expect(bodyOf("POST /profiles/many/find")).toEqual({ filter: { tags: ["old"] } });
    expect(rest.calls.findLast(({ route }) => route === "POST /profiles/many/find")?.body).toEqual({ filter: {}, deleted: true });
    expect(sizes("POST /profiles/many/purge")).toEqual([100, 51]);
    expect(await deskhand("purge", "Ann")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });

  it("tell which were not changed, each with its code, and change the others", async () => {
    const [free, moving, full, gone] = [target(1), target(2), target(3), { ...target(4), runnerId: randomUUID() }];
    rest.answers["POST /profiles/many/find"] = { items: [free, moving, full, gone], next: null };
    rest.answers[`GET /runners/${gone.runnerId}`] = refused(404, "NOT_FOUND");
    const told = { id: moving.id, name: moving.name, code: "PROFILE_MOVING" };
    const isAmong = ({ body }: Call, { id }: { id: string }) => JSON.stringify(body).includes(id);
    rest.answers["POST /profiles/configure"] = (call) =>
      isAmong(call, moving) ? refused(409, "PROFILE_MOVING", { profileIds: [moving.id], refused: [told] }) : { done: true };
    rest.answers["POST /profiles/many/edit"] = { done: 1, refused: [{ id: full.id, name: full.name, code: "INVALID_INPUT" }] };
    expect(await deskhand("edit", "--all", "--no-proxy", "--add-tag", "warm")).toMatchObject({
      exitCode: 1,
      lines: [
        { type: "refused", profileId: moving.id, code: "PROFILE_MOVING" },
        { type: "refused", profileId: gone.id, code: "NOT_FOUND" },
        { type: "refused", profileId: full.id, code: "INVALID_INPUT" },
        { type: "result", profileIds: [free.id], done: 1, refused: 3 },
      ],
    });
    const sent = rest.calls.findLast(({ route }) => route === "POST /profiles/configure")?.body.profiles;
    expect(sent).toMatchObject([{ profileId: free.id }, { profileId: full.id }]);
    expect(bodyOf("POST /profiles/many/edit")).toMatchObject({ ids: [free.id, full.id] });
    rest.answers["POST /profiles/configure"] = refused(409, "RUNNER_NOT_ACCEPTED");
    expect(await deskhand("edit", "--all", "--no-proxy")).toMatchObject({
      exitCode: 3,
      last: { type: "error", code: "RUNNER_NOT_ACCEPTED" },
    });
  });

  it("make, rename and end groups, and keep and forget filters", async () => {
    const cli = (...args: string[]) => rest.deskhand([...args, "--json"]);
    expect(await cli("groups", "list")).toMatchObject({
      lines: [
        { type: "group", name: "Shops" },
        { count: 1, ungrouped: 1 },
      ],
    });
    rest.answers["POST /profile-groups"] = groups[0];
    expect(await cli("groups", "create", "Shops")).toMatchObject({ exitCode: 0, last: { name: "Shops" } });
    rest.answers[`PATCH /profile-groups/${groups[0]?.id}`] = { done: true };
    expect(await cli("groups", "rename", "shops", "Stores")).toMatchObject({ exitCode: 0, last: { name: "Stores" } });
    rest.answers[`DELETE /profile-groups/${groups[0]?.id}`] = { done: true };
    expect(await cli("groups", "delete", "shops")).toMatchObject({ exitCode: 0, last: { deleted: true } });
    expect(await cli("filters", "list")).toMatchObject({ lines: [{ type: "filter", name: "Warm ones" }, { count: 1 }] });
    rest.answers["POST /saved-filters"] = kept;
    expect((await cli("filters", "keep", "Warm ones", "--tag", "warm", "--sort", "name")).exitCode).toBe(0);
    expect(bodyOf("POST /saved-filters")).toEqual({ name: "Warm ones", filter: { tags: ["warm"] }, sort: "name" });
    rest.answers["POST /saved-filters/delete"] = { done: true };
    expect(await cli("filters", "forget", "Warm ones")).toMatchObject({ exitCode: 0, last: { forgotten: true } });
  });
});

describe("deskhand profiles ask, answer, withdraw and take", () => {
  const request = {
    id: randomUUID(),
    profileId: view.id,
    profileName: "Ann",
    runnerId: ids.runner,
    state: "waiting",
    holderKind: "session",
    holderId: randomUUID(),
    holderName: "Bea",
    requestedBy: "Ada",
    isMine: true,
    mayAnswer: true,
    message: "",
    createdAt: view.createdAt,
    expiresAt: view.createdAt,
    answeredAt: null,
  };

  it("hand a profile from one to another", async () => {
    rest.answers["GET /profile-requests"] = { items: [request] };
    rest.answers[`POST /profiles/${view.id}/ask`] = { done: true };
    rest.answers[`POST /profiles/${view.id}/withdraw`] = { done: true };
    rest.answers[`POST /profile-requests/${request.id}/answer`] = { done: true };
    rest.answers[`POST /profiles/${view.id}/take`] = { done: true };
    rest.answers[`GET /profiles/${view.id}`] = { ...view, settings: defaultSettings };
    expect(await deskhand("requests")).toMatchObject({ lines: [{ type: "request", requestedBy: "Ada" }, { count: 1 }] });
    expect(await deskhand("ask", "Ann", "--message", "For an hour")).toMatchObject({ exitCode: 0, last: { asked: true } });
    expect(bodyOf(`POST /profiles/${view.id}/ask`)).toEqual({ message: "For an hour" });
    expect(await deskhand("answer", "Ann", "grant")).toMatchObject({ exitCode: 0, last: { answer: "granted" } });
    expect(bodyOf(`POST /profile-requests/${request.id}/answer`)).toEqual({ answer: "granted" });
    expect(await deskhand("answer", "Ann", "maybe")).toMatchObject({ exitCode: 2 });
    expect(await deskhand("withdraw", "Ann")).toMatchObject({ exitCode: 0, last: { withdrawn: true } });
    expect(await deskhand("take", "Ann")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand("take", "Ann", "--reason", "Bea is on leave")).toMatchObject({ exitCode: 0, last: { taken: true } });
    expect(bodyOf(`POST /profiles/${view.id}/take`)).toEqual({ reason: "Bea is on leave" });
  });
});
