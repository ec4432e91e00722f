import { existsSync, readFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { runnerHome } from "../identity/home.ts";
import { fingerprintOf } from "../identity/identity.ts";
import { lockFolder } from "../identity/lock.ts";
import { type Call, FakeRest, refused } from "./testing/fake-rest.ts";
import { ids } from "./testing/views.ts";

let rest: FakeRest;

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
});

afterEach(() => rest.close());

describe("pair", () => {
  const paired = ({ body }: Call) => ({
    runnerId: ids.runner,
    projectId: ids.project,
    status: "pending",
    fingerprint: fingerprintOf(Buffer.from(String(body.publicKey), "base64")),
  });
  const home = () => runnerHome({ DESKHAND_HOME: rest.home });

  it("tells the fingerprint and keeps the pairing", async () => {
    rest.answers["POST /runners/pair"] = paired;
    const { exitCode, last } = await rest.deskhand(["pair", "7k3m q9xd", "--name", "Desk", "--json"]);
    expect(exitCode).toBe(0);
    expect(last).toMatchObject({
      type: "result",
      runnerId: ids.runner,
      status: "pending",
      fingerprint: expect.stringMatching(/^[0-9A-F-]{39}$/),
    });
    expect(rest.calls[0]?.body).toMatchObject({ code: "7K3MQ9XD", name: "Desk", platform: process.platform });
    expect(rest.calls[0]?.authorization).toBeUndefined();
    expect(JSON.parse(readFileSync(home().runnerFile, "utf8"))).toMatchObject({
      runnerId: ids.runner,
      serverUrl: rest.url,
      fingerprint: last.fingerprint,
    });
    expect(await rest.deskhand(["status", "--json"])).toMatchObject({
      exitCode: 0,
      last: { paired: true, running: false, runnerId: ids.runner },
    });
  });

  it("says that nothing is allowed yet and how to allow, unless hosts were named", async () => {
    rest.answers["POST /runners/pair"] = paired;
    expect((await rest.deskhand(["pair", "7K3M-Q9XD"])).out).toContain("deskhand policy allow example.com");
    const { out } = await rest.deskhand(["pair", "7K3M-Q9XD", "--allow", "localhost:3000", "*.example.com"]);
    expect(out).not.toContain("Nothing is allowed");
    expect((await rest.deskhand(["policy", "list", "--json"])).lines).toMatchObject([
      { pattern: "localhost:3000" },
      { pattern: "*.example.com" },
      {},
    ]);
    const calls = rest.calls.length;
    expect(await rest.deskhand(["pair", "7K3M-Q9XD", "--allow", "ftp://x", "--json"])).toMatchObject({
      exitCode: 2,
      last: { code: "USAGE" },
    });
    expect(rest.calls).toHaveLength(calls);
  });

  it("gives a link that approves a browser, at the address where people open the dashboard", async () => {
    rest.answers["POST /runners/pair"] = paired;
    const link = /^https:\/\/desk\.example\/dashboard\/approve#[0-9a-f-]{36}\.[\w-]{43}\.[\w-]{43}$/;
    const { last } = await rest.deskhand(["pair", "7K3M-Q9XD", "--dashboard", "https://desk.example", "--json"]);
    expect(last.approvalUrl).toMatch(link);
    const next = (await rest.deskhand(["keys", "link", "--json"])).last.url;
    expect(next).toMatch(link);
    expect(next).not.toBe(last.approvalUrl);
    expect((await rest.deskhand(["pair", "7K3M-Q9XD", "--json"])).last.approvalUrl).toContain(`${rest.url}/dashboard/approve#`);
  });

  it("keeps its keys when it pairs again, and gets new ones with --force", async () => {
    rest.answers["POST /runners/pair"] = paired;
    for (const extra of [[], [], ["--force"]]) await rest.deskhand(["pair", "7K3M-Q9XD", ...extra]);
    const [first, second, forced] = rest.calls.map(({ body }) => body.publicKey);
    expect(second).toBe(first);
    expect(forced).not.toBe(first);
  });

  it("does not give up another server's pairing unless it is forced to", async () => {
    rest.answers["POST /runners/pair"] = paired;
    await rest.deskhand(["pair", "7K3M-Q9XD"]);
    const other = rest.url.replace("127.0.0.1", "localhost");
    expect(await rest.deskhand(["pair", "7K3M-Q9XD", "--server", other, "--json"])).toMatchObject({
      exitCode: 2,
      last: { code: "ALREADY_PAIRED" },
    });
  });

  it("changes nothing when the code is refused, or the fingerprint is not its own", async () => {
    rest.answers["POST /runners/pair"] = refused(400, "PAIRING_CODE_EXPIRED");
    expect(await rest.deskhand(["pair", "7K3M-Q9XD", "--json"])).toMatchObject({ exitCode: 3, last: { code: "PAIRING_CODE_EXPIRED" } });
    rest.answers["POST /runners/pair"] = (call: Call) => ({ ...paired(call), fingerprint: "0000" });
    expect(await rest.deskhand(["pair", "7K3M-Q9XD", "--json"])).toMatchObject({ exitCode: 3, last: { code: "SIGNATURE_INVALID" } });
    expect(existsSync(home().runnerFile)).toBe(false);
    expect(existsSync(home().identityFile)).toBe(false);
  });

  it("leaves a runner that is running alone", async () => {
    rest.answers["POST /runners/pair"] = paired;
    await rest.deskhand(["pair", "7K3M-Q9XD"]);
    const lock = lockFolder(home());
    expect(await rest.deskhand(["pair", "7K3M-Q9XD", "--force", "--json"])).toMatchObject({
      exitCode: 3,
      last: { code: "ALREADY_RUNNING" },
    });
    lock?.release();
  });
});
