import { randomUUID } from "node:crypto";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { describe, expect, it } from "vitest";
import { usePairedCli } from "./testing/paired-cli.ts";
import { page, proxyView, profile as view } from "./testing/views.ts";

const { id } = view;
const bed = usePairedCli();
const { deskhand } = bed;

describe("on the server's side", () => {
  it("shows a person what a profile is and is like, and names its proxies", async () => {
    const [one, other] = [randomUUID(), randomUUID()];
    const proxy = { kind: "chain", proxyIds: [one, other] };
    const shown = { ...view, runnerId: bed.paired.runnerId, tags: ["vip", "eu"], notes: "Ask Bea first", groupName: "Shops" };
    bed.rest.answers[`GET /profiles/${id}`] = { ...shown, settings: { ...defaultSettings, proxy, onMismatch: "block" } };
    bed.rest.answers["GET /proxies"] = page(proxyView({ id: one, name: "Berlin" }), proxyView({ id: other }));
    const { exitCode, out } = await bed.rest.deskhand(["profiles", "show", "Ann"], { env: { DESKHAND_HOME: bed.paired.home.folder } });
    expect(exitCode).toBe(0);
    expect(out).toMatch(/Tags +vip, eu\n/);
    expect(out).toMatch(/Notes +Ask Bea first\n/);
    expect(out).toMatch(/Group +Shops\n/);
    expect(out).toMatch(/Proxy +Berlin, then proxy\.example:1080, blocked when its exit does not fit\n/);
  });

  it("says when there are more than were listed", async () => {
    bed.rest.answers["GET /profiles"] = { items: [view, view], nextCursor: null };
    expect((await deskhand(["list", "--limit", "1"])).last).toEqual({ type: "result", count: 1, more: true });
    expect((await deskhand(["list", "--limit", "2"])).last).toEqual({ type: "result", count: 2, more: false });
    bed.rest.answers["GET /profiles"] = { items: [view], nextCursor: "more" };
    expect(
      (await bed.rest.deskhand(["profiles", "list", "--limit", "1"], { env: { DESKHAND_HOME: bed.paired.home.folder } })).out,
    ).toContain("there are more: --limit");
  });

  it("lists, shows, makes, renames, sets up, deletes and restores, each with its request", async () => {
    bed.rest.answers["POST /profiles"] = view;
    bed.rest.answers[`PATCH /profiles/${id}`] = { ...view, name: "Bea" };
    bed.rest.answers[`DELETE /profiles/${id}`] = { done: true };
    bed.rest.answers[`POST /profiles/${id}/restore`] = view;
    expect((await deskhand(["list"])).lines).toMatchObject([
      { type: "profile", profileId: id, name: "Ann" },
      { type: "result", count: 1 },
    ]);
    expect((await deskhand(["show", "Ann"])).last).toMatchObject({ type: "result", profileId: id, settings: { engine: "shared" } });
    expect((await deskhand(["create", "Ann"])).last).toMatchObject({ profileId: id });
    expect((await deskhand(["rename", "Ann", "Bea"])).last).toMatchObject({ name: "Bea" });
    expect((await deskhand(["configure", "Ann", "--engine", "dedicated"])).last).toMatchObject({
      revision: 1,
      settings: { engine: "dedicated" },
    });
    expect((await deskhand(["delete", "Ann"])).last).toMatchObject({ profileId: id, deleted: true });
    expect((await deskhand(["restore", id])).last).toMatchObject({ profileId: id });
    expect(bed.rest.calls.filter(({ route }) => !route.startsWith("GET")).map(({ route, body }) => [route, body])).toEqual([
      ["POST /profiles", { name: "Ann", runnerId: bed.paired.runnerId }],
      [`PATCH /profiles/${id}`, { name: "Bea" }],
      [
        "POST /profiles/configure",
        expect.objectContaining({ profiles: [{ profileId: id, revision: 1, settings: { ...defaultSettings, engine: "dedicated" } }] }),
      ],
      [`DELETE /profiles/${id}`, {}],
      [`POST /profiles/${id}/restore`, {}],
    ]);
  });

  it("brings what a folder holds over before the engine is changed, and says what stays behind", async () => {
    const settings = { ...defaultSettings, engine: "dedicated" };
    bed.rest.answers[`GET /profiles/${id}`] = { ...view, runnerId: bed.paired.runnerId, settings };
    const task = {
      id: randomUUID(),
      runnerId: bed.paired.runnerId,
      kind: "profile.convert",
      createdAt: view.createdAt,
      finishedAt: view.createdAt,
    };
    bed.rest.answers[`POST /profiles/${id}/orders`] = { id: task.id };
    bed.rest.answers[`GET /tasks/${task.id}`] = { ...task, state: "failed", failureCode: "PROFILE_BUSY", result: null };
    expect(await deskhand(["configure", "Ann", "--engine", "shared"])).toMatchObject({ exitCode: 3, last: { code: "PROFILE_BUSY" } });
    expect(bed.rest.calls.map(({ route }) => route)).not.toContain("POST /profiles/configure");
    const staysBehind = ["crypto-key", "framed-storage", "http-cache", "extensions"];
    const result = { from: "dedicated", to: "shared", staysBehind };
    bed.rest.answers[`GET /tasks/${task.id}`] = { ...task, state: "succeeded", failureCode: null, result };
    expect((await deskhand(["configure", "Ann", "--engine", "shared"])).last).toMatchObject({
      settings: { engine: "shared" },
      staysBehind,
    });
    const ordered = bed.rest.calls.filter(({ route }) => route.startsWith("POST")).slice(-2);
    expect(ordered.map(({ route, body }) => [route, body.order])).toEqual([
      [`POST /profiles/${id}/orders`, { kind: "convert", to: "shared" }],
      ["POST /profiles/configure", undefined],
    ]);
    bed.rest.answers[`GET /profiles/${id}`] = { ...view, runnerId: bed.paired.runnerId, settings: defaultSettings };
    expect((await deskhand(["configure", "Ann", "--engine", "dedicated"])).last).toMatchObject({ staysBehind: [] });
  });

  it("starts and stops many, tells each that could not be, and waits for what came of it", async () => {
    const other = randomUUID();
    const task = { id: randomUUID(), runnerId: bed.paired.runnerId, kind: "profiles.open", failureCode: null, createdAt: view.createdAt };
    const settings = { settings: defaultSettings, revision: 0, inUse: false, runnerId: bed.paired.runnerId };
    const items = [
      { id, name: "Ann", ...settings },
      { id: other, name: "Bea", ...settings },
    ];
    const ordered = { tasks: [{ id: task.id, runnerId: bed.paired.runnerId, profiles: 2 }], refused: [] };
    const failed = [{ id: other, code: "PROFILE_BUSY" }];
    bed.rest.answers["POST /profiles/many/find"] = { items, next: null };
    bed.rest.answers["POST /profiles/many/open"] = ordered;
    bed.rest.answers["POST /profiles/many/close"] = ordered;
    const result = { done: 1, hibernating: 1, failed };
    bed.rest.answers[`GET /tasks/${task.id}`] = { ...task, state: "failed", result, finishedAt: view.createdAt };
    const started = await deskhand(["start", "--tag", "warm"]);
    expect(started).toMatchObject({ exitCode: 1, last: { type: "result", done: 1, hibernating: 1, failed: 1, unanswered: 0 } });
    expect(started.lines).toContainEqual({ type: "failed", profileId: other, name: "Bea", code: "PROFILE_BUSY" });
    expect(bed.rest.calls.find(({ route }) => route === "POST /profiles/many/find")?.body).toEqual({ filter: { tags: ["warm"] } });
    bed.rest.answers[`GET /tasks/${task.id}`] = {
      ...task,
      state: "succeeded",
      result: { ...result, done: 2, failed: [] },
      finishedAt: view.createdAt,
    };
    expect(await deskhand(["stop", "--all"])).toMatchObject({ exitCode: 0, last: { done: 2, failed: 0 } });
    expect(await deskhand(["start"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });

  it("says what is not right, with the exit code for it", async () => {
    expect(await deskhand(["configure", "Ann", "--engine", "steam"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand(["restore", "Ann"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand(["show", "Nobody"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand(["list", "--limit", "0"])).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });
});
