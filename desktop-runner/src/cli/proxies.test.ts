import { randomUUID } from "node:crypto";
import { newProxy } from "@deskhand/shared/schemas/proxy";
import { readProxySecret } from "@deskhand/shared/schemas/proxy-secret";
import { armor, Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRest, limited } from "./testing/fake-rest.ts";
import { ids, page, proxyView, runner } from "./testing/views.ts";

let rest: FakeRest;
beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
});
afterEach(() => rest.close());

describe("proxies import", () => {
  it("seals passwords to the project's runners before anything leaves the computer", async () => {
    const key = await generateIdentity();
    rest.answers["GET /runners"] = { items: [{ ...runner, sealRecipient: await identityToRecipient(key) }] };
    rest.answers["POST /proxies"] = { items: [proxyView()], skipped: 1 };
    const input = "# mine\nsocks5://ann:p-w-secret@proxy.example:1080\nproxy.example:8080\n";
    const { exitCode, last } = await rest.deskhand(["proxies", "import", "--json"], { input });
    expect([exitCode, last]).toEqual([0, { type: "result", added: 1, skipped: 1 }]);
    const posted = rest.calls.find(({ route }) => route === "POST /proxies")?.body as { proxies: unknown[]; sealedFor: string[] };
    expect(JSON.stringify(rest.calls)).not.toContain("p-w-secret");
    const [first, second] = posted.proxies.map((proxy) => newProxy.parse(proxy));
    const decrypter = new Decrypter();
    decrypter.addIdentity(key);
    const opened = await decrypter.decrypt(armor.decode(first?.passwordSealed ?? ""), "text");
    expect(readProxySecret(opened, { host: "proxy.example", port: 1080, username: "ann" })).toBe("p-w-secret");
    expect(second).toMatchObject({ scheme: "http", passwordSealed: null });
    expect(posted.sealedFor).toEqual([ids.runner]);
  });

  it("asks about what can be read in two ways, adds nothing until it is told, and guesses nothing", async () => {
    rest.answers["GET /runners"] = { items: [{ ...runner, sealRecipient: await identityToRecipient(await generateIdentity()) }] };
    rest.answers["POST /proxies"] = { items: [proxyView()], skipped: 0 };
    const input = "ok.example:80\na.example:8080:b.example:9090\nnonsense\n";
    const asked = await rest.deskhand(["proxies", "import", "--json"], { input });
    expect(asked.exitCode).toBe(2);
    expect(asked.last).toMatchObject({ type: "error", code: "INVALID_INPUT", details: { issues: [{ line: 2 }, { line: 3 }] } });
    expect(rest.calls).toEqual([]);
    const told = await rest.deskhand(["proxies", "import", "--choose", "2=2", "--json"], { input: input.replace("nonsense\n", "") });
    expect(told.exitCode).toBe(0);
    const posted = rest.calls.find(({ route }) => route === "POST /proxies")?.body as { proxies: { host: string; username: string }[] };
    expect(posted.proxies[1]).toMatchObject({ host: "b.example", username: "a.example" });
  });
});

it("proxies list and export tell no password, in a form that is imported again", async () => {
  rest.answers["GET /proxies"] = page(proxyView());
  const listed = await rest.deskhand(["proxies", "list", "--json"]);
  expect(listed.lines[0]).toMatchObject({ type: "proxy", host: "proxy.example", lastCheck: null });
  const exported = await rest.deskhand(["proxies", "export"]);
  expect(exported.out).toBe("socks5://ann@proxy.example:1080\n");
});

describe("proxies check", () => {
  const exit = { address: "203.0.113.5", country: "DE", timeZone: "Europe/Berlin", place: null };
  const at = "2026-01-02T00:00:00.000Z";
  const ended = (end: object) => ({ id: ids.run, runnerId: ids.runner, kind: "proxy.check", failureCode: null, createdAt: at, ...end });
  const good = (proxyId: unknown) => ({ proxyId, exit, latencyMs: 80, failureCode: null });
  const asked = () => rest.calls.filter(({ route }) => route === "POST /proxies/check").map(({ body }) => body.proxyIds as string[]);
  beforeEach(() => {
    rest.answers["GET /runners"] = { items: [{ ...runner, online: true }] };
    rest.answers["POST /proxies/check"] = { commandId: ids.run };
    rest.answers[`GET /tasks/${ids.run}`] = () =>
      ended({ state: "succeeded", finishedAt: at, result: { findings: asked().flat().map(good) } });
  });

  it("tells each answer as it comes, and ends with 1 when one does not work", async () => {
    rest.answers["GET /proxies"] = page(proxyView(), proxyView({ id: ids.profile, host: "slow.example" }));
    const bad = { proxyId: ids.profile, exit: null, latencyMs: null, failureCode: "PROXY_TIMEOUT" };
    let looked = 0;
    rest.answers[`GET /tasks/${ids.run}`] = () =>
      looked++ === 0
        ? ended({ state: "running", finishedAt: null, result: null })
        : ended({ state: "succeeded", finishedAt: at, result: { findings: [good(ids.run), bad] } });
    const { exitCode, lines, last } = await rest.deskhand(["proxies", "check", "--json"]);
    expect(lines.slice(0, 2)).toMatchObject([
      { type: "check", proxyId: ids.run, failureCode: null, exit, at },
      { type: "check", proxyId: ids.profile, failureCode: "PROXY_TIMEOUT" },
    ]);
    expect([exitCode, last]).toEqual([1, { type: "result", checked: 2, failed: 1, unanswered: 0 }]);
  });

  it("says what can be done about those that do not work, each way once", async () => {
    const [one, two] = [proxyView(), proxyView({ id: ids.profile, host: "denied.example" })];
    rest.answers["GET /proxies"] = page(one, two);
    const findings = [one, two].map(({ id }) => ({ proxyId: id, exit: null, latencyMs: null, failureCode: "POLICY_DENIED" }));
    rest.answers[`GET /tasks/${ids.run}`] = ended({ state: "succeeded", finishedAt: at, result: { findings } });
    const { exitCode, out } = await rest.deskhand(["proxies", "check"]);
    expect(exitCode).toBe(1);
    expect(out).toContain("0 of 2 work.\n");
    expect(out.split("deskhand policy allow HOST")).toHaveLength(2);
    expect(out).toContain("deskhand policy allow ipinfo.io");
  });

  it("looks at all of them however many there are, by the hundred, and reads their list once", async () => {
    const all = Array.from({ length: 5_250 }, (_, n) => proxyView({ id: randomUUID(), port: n + 1 }));
    let read = 0;
    rest.answers["GET /proxies"] = () => {
      read += 100;
      return { items: all.slice(read - 100, read), nextCursor: read < all.length ? String(read) : null };
    };
    const { exitCode, last } = await rest.deskhand(["proxies", "check", "--json"]);
    expect([exitCode, last]).toEqual([0, { type: "result", checked: 5_250, failed: 0, unanswered: 0 }]);
    expect(asked()).toHaveLength(53);
    expect(new Set(asked().flat()).size).toBe(5_250);
    expect(rest.calls.filter(({ route }) => route === "GET /proxies")).toHaveLength(53);
  });

  it("waits when it asked too often, and says how long to wait when that is long", async () => {
    rest.answers["GET /proxies"] = page(proxyView());
    let asking = 0;
    rest.answers["POST /proxies/check"] = () => (asking++ === 0 ? limited(1) : { commandId: ids.run });
    expect(await rest.deskhand(["proxies", "check", "--json"])).toMatchObject({ exitCode: 0, last: { checked: 1 } });
    expect(asking).toBe(2);
    rest.answers["POST /proxies/check"] = limited(3_000);
    expect(await rest.deskhand(["proxies", "check", "--json"])).toMatchObject({ exitCode: 3, last: { code: "RATE_LIMITED" } });
  });
});
