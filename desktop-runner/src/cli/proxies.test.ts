import { newProxy } from "@deskhand/shared/schemas/proxy";
import { readProxySecret } from "@deskhand/shared/schemas/proxy-secret";
import { armor, Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRest } from "./testing/fake-rest.ts";
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

it("proxies check tells each answer as it comes, and ends with 1 when one does not work", async () => {
  const exit = { address: "203.0.113.5", country: "DE", timeZone: "Europe/Berlin" };
  const good = { exit, latencyMs: 80, failureCode: null, at: "2026-01-02T00:00:00.000Z" };
  const bad = { exit: null, latencyMs: null, failureCode: "PROXY_TIMEOUT", at: "2026-01-02T00:00:00.000Z" };
  const two = [proxyView(), proxyView({ id: ids.profile, host: "slow.example" })];
  let asked = false;
  rest.answers["GET /runners"] = { items: [{ ...runner, online: true }] };
  rest.answers["GET /proxies"] = () =>
    asked ? page(...two.map((proxy, index) => ({ ...proxy, lastCheck: index === 0 ? good : bad }))) : page(...two);
  rest.answers["POST /proxies/check"] = () => {
    asked = true;
    return { commandId: ids.run };
  };
  const { exitCode, lines, last } = await rest.deskhand(["proxies", "check", "--json"]);
  expect(lines.slice(0, 2)).toMatchObject([
    { type: "check", proxyId: ids.run, failureCode: null, exit },
    { type: "check", proxyId: ids.profile, failureCode: "PROXY_TIMEOUT" },
  ]);
  expect([exitCode, last]).toEqual([1, { type: "result", checked: 2, failed: 1, unanswered: 0 }]);
});
