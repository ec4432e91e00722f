import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { Decrypter, Encrypter } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type PairedHome, pairedHome } from "../connection/testing/paired-home.ts";
import { loadIdentity } from "../identity/identity.ts";
import { FakeRest } from "./testing/fake-rest.ts";
import { device, page, proxyView, runner as runnerView, profile as view } from "./testing/views.ts";

let rest: FakeRest;
/** The runner that is asked; this computer has none. */
let there: PairedHome;
let runner: Omit<typeof runnerView, "id"> & { id: string; signaturesRequired: boolean };
const id = view.id;
const taskId = randomUUID();

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  there = await pairedHome(rest.url);
  const sealRecipient = loadIdentity(there.home)?.sealRecipient ?? "";
  runner = { ...runnerView, id: there.runnerId, name: "Studio", sealRecipient, signaturesRequired: false };
  rest.answers["GET /runners"] = { items: [runner] };
  rest.answers[`GET /runners/${runner.id}`] = runner;
  rest.answers["GET /profiles"] = page({ ...view, runnerId: runner.id, runnerName: "Studio" });
  answerTask({ state: "succeeded", failureCode: null, result: null });
});
afterEach(async () => {
  await rest.close();
  there.remove();
});

function answerTask(end: { state: string; failureCode: string | null; result: object | null }) {
  const at = new Date().toISOString();
  rest.answers[`GET /tasks/${taskId}`] = { id: taskId, runnerId: runner.id, kind: "profile.open", ...end, createdAt: at, finishedAt: at };
}

const deskhand = (...args: string[]) =>
  rest.deskhand(["profiles", ...args, "--json"], { env: { DESKHAND_HOME: rest.folder, DESKHAND_PASSPHRASE: "correct horse" } });
const bodyOf = (route: string) => rest.calls.find((call) => call.route === route)?.body;

async function openedBy(home: PairedHome, sealed: Uint8Array): Promise<string> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(loadIdentity(home.home)?.keys.file.ageIdentity ?? "");
  return decrypter.decrypt(sealed, "text");
}

describe("deskhand profiles open and close", () => {
  it("have the profile's runner open a window and close it", async () => {
    rest.answers[`POST /profiles/${id}/orders`] = { id: taskId };
    expect(await deskhand("open", "Ann", "--url", "https://example.com")).toMatchObject({
      exitCode: 0,
      last: { open: true, window: true },
    });
    expect(bodyOf(`POST /profiles/${id}/orders`)).toEqual({ order: { kind: "open", window: true, url: "https://example.com" } });
    expect(await deskhand("close", "Ann")).toMatchObject({ exitCode: 0, last: { type: "result", profileId: id, closed: true } });
    expect(rest.calls.at(-2)?.body).toEqual({ order: { kind: "close" } });
    expect(await deskhand("open", "Ann", "--url", "nonsense")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    answerTask({ state: "failed", failureCode: "DISPLAY_MISSING", result: null });
    expect(await deskhand("open", "Ann")).toMatchObject({ exitCode: 3, last: { code: "DISPLAY_MISSING" } });
  });
});

describe("deskhand profiles import and export with --runner", () => {
  it("seal files to the runner, and have the runner seal to a key of this moment", async () => {
    const parcels = await startParcels();
    rest.answers["POST /parcels"] = { id: parcels.id, expiresAt: new Date().toISOString() };
    rest.answers[`POST /profiles/${id}/import`] = { id: taskId };
    answerTask({ state: "succeeded", failureCode: null, result: { format: "cookies-txt", cookies: 1 } });
    const file = path.join(rest.folder, "cookies.txt");
    writeFileSync(file, "a file's content");
    expect(await deskhand("import", "Ann", file, "--runner", "Studio")).toMatchObject({
      exitCode: 0,
      last: { cookies: 1 },
    });
    expect(parcels.content?.toString("latin1")).not.toContain("a file's content");
    expect(await openedBy(there, new Uint8Array(parcels.content ?? []))).toBe("a file's content");
    expect(bodyOf(`POST /profiles/${id}/import`)).toMatchObject({ parcelId: parcels.id, mode: "merge", sha256: expect.any(String) });

    rest.answers[`POST /profiles/${id}/export`] = ({ body }) => {
      parcels.seal = { recipient: String(body.recipient), text: "exported" };
      return { id: taskId };
    };
    const out = path.join(rest.folder, "out.json");
    expect(await deskhand("export", "Ann", out, "--runner", "Studio", "--format", "storage-state")).toMatchObject({ exitCode: 0 });
    expect(readFileSync(out, "utf8")).toBe("exported");
    expect(parcels.removed).toBe(true);
  });

  it("have the runners of many seal each, one after the other", async () => {
    const parcels = await startParcels();
    rest.answers["POST /parcels"] = { id: parcels.id, expiresAt: new Date().toISOString() };
    answerTask({ state: "succeeded", failureCode: null, result: { format: "bundle", cookies: 1 } });
    const other = randomUUID();
    const target = { id, name: "Ann", runnerId: runner.id, revision: 0, settings: defaultSettings, inUse: false };
    rest.answers["POST /profiles/many/find"] = { items: [target, { ...target, id: other, name: "Bea" }], next: null };
    for (const profileId of [id, other]) {
      rest.answers[`POST /profiles/${profileId}/export`] = ({ body }) => {
        parcels.seal = { recipient: String(body.recipient), text: String(body.name) };
        return { id: taskId };
      };
    }
    const folder = path.join(rest.folder, "out");
    const recipient = loadIdentity(there.home)?.sealRecipient ?? "";
    expect(await deskhand("export", "--tag", "shop", folder, "--recipient", recipient)).toMatchObject({ exitCode: 0, last: { done: 2 } });
    for (const name of ["Ann", "Bea"]) {
      expect(await openedBy(there, new Uint8Array(readFileSync(path.join(folder, `${name}.deskhand.age`))))).toBe(name);
    }
  });

  it("tell where a file is wrong", async () => {
    const parcels = await startParcels();
    rest.answers["POST /parcels"] = { id: parcels.id, expiresAt: new Date().toISOString() };
    rest.answers[`POST /profiles/${id}/import`] = { id: taskId };
    const problems = [{ where: "line 3", reason: "It has no value." }];
    answerTask({ state: "failed", failureCode: "IMPORT_REFUSED", result: { problems, more: 2 } });
    const file = path.join(rest.folder, "cookies.txt");
    writeFileSync(file, "x");
    const { exitCode, lines } = await deskhand("import", "Ann", file, "--runner", "Studio");
    expect(exitCode).toBe(3);
    expect(lines).toMatchObject([{ type: "problem", where: "line 3" }, { type: "problems", more: 2 }, { code: "IMPORT_REFUSED" }]);
  });
});

describe("deskhand profiles clone", () => {
  it("makes copies that are devices of their own, unless they are to keep the one they have", async () => {
    rest.answers["POST /profiles/many/clone"] = ({ body }) => ({
      items: (body.copies as object[]).map((_, n) => ({ id, name: `Ann ${n}` })),
    });
    expect(await deskhand("clone", "Ann", "--count", "2")).toMatchObject({
      exitCode: 0,
      last: { profileIds: [id, id], keepIdentity: false },
    });
    expect(bodyOf("POST /profiles/many/clone")).toMatchObject({ copies: [{ from: id }, { from: id }], keepIdentity: false });
    expect(await deskhand("clone", "Ann", "--keep-identity")).toMatchObject({ last: { keepIdentity: true } });
    expect(rest.calls.at(-1)?.body).toMatchObject({ keepIdentity: true });
    expect(await deskhand("clone", "Ann", "--count", "0")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });
});

describe("deskhand profiles create, edit and configure", () => {
  it("make many at once, change their tags and groups, and what they leave by", async () => {
    const group = { id: randomUUID(), projectId: view.projectId, name: "Shops", profiles: 0, createdAt: new Date().toISOString() };
    rest.answers["GET /profile-groups"] = { total: 1, groups: [group], ungrouped: 1, tags: [], deleted: 0 };
    rest.answers["POST /profiles/many/create"] = { items: [{ id, name: "Shop 01" }] };
    const pool = { id: randomUUID(), projectId: view.projectId, name: "berlin", strategy: "random", coolDownSeconds: 0, revision: 1 };
    rest.answers["GET /proxy-pools"] = { items: [{ ...pool, proxyIds: [randomUUID()], createdAt: group.createdAt }] };
    const many = ["create", "Shop {n:02}", "--runner", "Studio", "--count", "3", "--group", "shops", "--pool", "berlin"];
    expect(await deskhand(...many)).toMatchObject({ exitCode: 0, last: { profileIds: [id] } });
    const made = { runnerId: runner.id, count: 3, pattern: "Shop {n:02}", groupId: group.id, proxy: { kind: "pool", poolId: pool.id } };
    expect(bodyOf("POST /profiles/many/create")).toMatchObject(made);
    expect(await deskhand(...many, "--count", "0")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });

    rest.answers["POST /profiles/many/edit"] = { done: 1, refused: [] };
    const target = { id, name: "Ann", runnerId: runner.id, revision: 0, settings: defaultSettings, inUse: false };
    rest.answers["POST /profiles/many/find"] = { items: [target], next: null };
    expect(await deskhand("edit", "Ann", "--add-tag", "warm", "--no-group")).toMatchObject({ exitCode: 0, last: { done: 1 } });
    expect(bodyOf("POST /profiles/many/edit")).toMatchObject({ ids: [id], addTags: ["warm"], groupId: null });
    expect(await deskhand("edit", "Ann")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    rest.answers["POST /profiles/configure"] = { done: true };
    expect(await deskhand("edit", "--tag", "warm", "--in-group", "shops", "--pool", "berlin")).toMatchObject({
      exitCode: 0,
      last: { done: 1 },
    });
    expect(rest.calls.findLast(({ route }) => route === "POST /profiles/many/find")?.body).toEqual({
      filter: { tags: ["warm"], groupId: group.id },
    });
    expect(bodyOf("POST /profiles/configure")).toMatchObject({
      profiles: [{ profileId: id, revision: 1, settings: { proxy: { kind: "pool", poolId: pool.id } } }],
    });
    expect(await deskhand("edit", "Ann", "--all", "--pool", "berlin")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    rest.calls.length = 0;

    rest.answers[`GET /profiles/${id}`] = { ...view, runnerId: runner.id, settings: defaultSettings };
    rest.answers["POST /profiles/configure"] = { done: true };
    expect(await deskhand("configure", "Ann", "--no-proxy", "--on-mismatch", "block")).toMatchObject({
      exitCode: 0,
      last: { revision: 1, settings: { proxy: { kind: "none" }, onMismatch: "block" } },
    });
    expect(await deskhand("configure", "Ann")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    expect(await deskhand("configure", "Ann", "--fit-proxy")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    const exit = { address: "203.0.113.5", country: "DE", timeZone: "Europe/Berlin", place: null };
    const checked = { exit, latencyMs: 5, failureCode: null, at: group.createdAt };
    rest.answers["GET /proxies"] = page(proxyView({ lastCheck: checked }));
    rest.answers[`GET /profiles/${id}`] = { ...view, runnerId: runner.id, settings: { ...defaultSettings, identity: device } };
    expect(await deskhand("configure", "Ann", "--proxy", "proxy.example:1080", "--fit-proxy")).toMatchObject({
      exitCode: 0,
      last: { settings: { identity: { ...device, languages: ["de-DE", "de", "en-US", "en"], timeZone: "Europe/Berlin" } } },
    });
    expect(await deskhand("configure", "Ann", "--languages", "fr-FR, fr", "--time-zone", "Europe/Paris")).toMatchObject({
      exitCode: 0,
      last: { settings: { identity: { ...device, languages: ["fr-FR", "fr"], timeZone: "Europe/Paris" } } },
    });
    for (const wrong of [
      ["--languages", "fr_FR"],
      ["--time-zone", "Paris"],
      ["--time-zone", "Europe/Paris", "--fit-proxy"],
      ["--engine", "none"],
    ])
      expect(await deskhand("configure", "Ann", ...wrong)).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
  });
});

describe("deskhand profiles move", () => {
  it("seals a word to both runners, and tells of each profile what became of it", async () => {
    const target = await pairedHome(rest.url);
    const sealRecipient = loadIdentity(target.home)?.sealRecipient ?? "";
    const to = { ...runner, id: target.runnerId, name: "Laptop", sealRecipient };
    rest.answers["GET /runners"] = { items: [runner, to] };
    rest.answers[`GET /runners/${to.id}`] = to;
    const moveId = randomUUID();
    const other = { id: randomUUID(), name: "Bea", code: "PROFILE_IN_USE" };
    rest.answers["POST /profiles/many/move"] = { done: 1, refused: [other], moves: [{ id: moveId, name: "Ann" }], proxiesToEnter: [] };
    const at = new Date().toISOString();
    const named = ({ id, name }: { id: string; name: string }) => ({ id, name });
    const move = { id: moveId, profile: named(view), from: named(runner), to: named(to), createdAt: at, finishedAt: at };
    rest.answers[`GET /profile-moves/${moveId}`] = { ...move, state: "moved", failureCode: null };
    expect(await deskhand("move", "Ann", "--to", "Laptop")).toMatchObject({
      exitCode: 1,
      lines: [
        { type: "refused", profileId: other.id, code: "PROFILE_IN_USE" },
        { type: "move", moveId, state: "moved" },
        { type: "result", failed: 1 },
      ],
    });
    const { runnerId, moves } = bodyOf("POST /profiles/many/move") as { runnerId: string; moves: Record<string, string>[] };
    expect([runnerId, moves[0]?.recipient]).toEqual([to.id, sealRecipient]);
    const word = await loadIdentity(there.home)?.unseal(moves[0]?.wordOut ?? "");
    expect(word).toMatch(/^[\w-]{43}$/);
    expect(await loadIdentity(target.home)?.unseal(moves[0]?.wordIn ?? "")).toBe(word);
    expect(await deskhand("move", "Ann", "--to", "Laptop", "--no-wait")).toMatchObject({ last: { begun: 1, failed: 1 } });
    rest.answers[`GET /profiles/${id}`] = { ...view, runnerId: runner.id, settings: defaultSettings };
    rest.answers[`POST /profiles/${id}/claim`] = { ...move, state: "taking", failureCode: null, finishedAt: null };
    expect(await deskhand("move", "Ann", "--to", "Laptop", "--claim")).toMatchObject({ exitCode: 0, last: { moved: 1 } });
    expect(bodyOf(`POST /profiles/${id}/claim`)).toEqual({ runnerId: to.id });
    expect(await deskhand("move", "Ann")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
    target.remove();
  });
});

/** The part of the server that carries sealed files, in the place of {@link FakeRest}'s own answers. */
async function startParcels() {
  const parcels = {
    id: randomUUID(),
    content: undefined as Buffer | undefined,
    removed: false,
    seal: undefined as { recipient: string; text: string } | undefined,
  };
  rest.onParcel = async (method, body) => {
    if (method === "PUT") parcels.content = body;
    if (method === "DELETE") parcels.removed = true;
    if (method !== "GET" || !parcels.seal) return undefined;
    const encrypter = new Encrypter();
    encrypter.addRecipient(parcels.seal.recipient);
    return encrypter.encrypt(parcels.seal.text);
  };
  return parcels;
}
