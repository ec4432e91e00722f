import { readFileSync, statSync, writeFileSync } from "node:fs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ensureHome, runnerHome } from "../identity/home.ts";
import { Journal } from "../journal/journal.ts";
import { RefusalLog } from "../journal/refusal-log.ts";
import { FakeRest } from "./testing/fake-rest.ts";
import { ids } from "./testing/views.ts";

let rest: FakeRest;
beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
});
afterEach(() => rest.close());

const home = () => runnerHome({ DESKHAND_HOME: rest.home });
const policy = (...args: string[]) => rest.deskhand(["policy", ...args, "--json"]);
const show = async () => (await policy("show")).last;

describe("deskhand policy", () => {
  it("allows nothing before its owner does, and no tools", async () => {
    expect(await show()).toMatchObject({
      type: "result",
      state: "ready",
      rules: [],
      maxDownloadBytes: 104_857_600,
      shell: false,
      files: false,
      members: "everyone",
      quietHours: null,
      paused: false,
    });
    expect((await rest.deskhand(["policy", "list"])).out).toContain("deskhand policy allow example.com");
  });

  it("keeps rules in a file of its owner's alone; the last word about a host counts", async () => {
    expect(await policy("allow", "HTTPS://Example.com/")).toMatchObject({
      exitCode: 0,
      last: { type: "result", effect: "allow", pattern: "https://example.com", private: false, by: "device" },
    });
    await policy("allow", "nas.example", "--private");
    await policy("allow", "ads.example");
    await policy("deny", "ads.example");
    expect((await policy("list")).lines).toMatchObject([
      { type: "rule", effect: "allow", pattern: "https://example.com" },
      { type: "rule", effect: "allow", pattern: "nas.example", private: true },
      { type: "rule", effect: "deny", pattern: "ads.example" },
      { type: "result", count: 3 },
    ]);
    expect(await policy("remove", "nas.example")).toMatchObject({ exitCode: 0, last: { rules: 2 } });
    expect(statSync(home().policyFile).mode & 0o777).toBe(0o600);
    expect(JSON.parse(readFileSync(home().policyFile, "utf8"))).toMatchObject({ version: 1 });
  });

  it("has settings", async () => {
    await policy("set", "max-download", "1.5GB");
    await policy("set", "shell", "on");
    await policy("set", "members", `${ids.run},${ids.run.toUpperCase()}`);
    await policy("set", "quiet-hours", "22:00-06:00,12:00-13:00", "--zone", "Europe/Berlin");
    expect(await show()).toMatchObject({
      maxDownloadBytes: 1_610_612_736,
      shell: true,
      files: false,
      members: [ids.run],
      quietHours: { zone: "Europe/Berlin", ranges: [{ from: "22:00", to: "06:00" }, { from: "12:00" }] },
    });
    expect((await rest.deskhand(["policy", "show"])).out).toContain("1.5 GB");
    await policy("set", "members", "nobody");
    await policy("set", "quiet-hours", "off");
    expect(await show()).toMatchObject({ members: [], quietHours: null });
  });

  const wrong: [string, string[]][] = [
    ["no host", ["allow"]],
    ["a page instead of a host", ["allow", "https://example.com/account?token=1"]],
    ["no host at all", ["deny", "not a host"]],
    ["another scheme", ["allow", "ftp://example.com"]],
    ["a range that is private by itself", ["allow", "10.0.0.0/8", "--private"]],
    ["all of the private network", ["allow", "*", "--private"]],
    ["a rule that is not there", ["remove", "example.com"]],
    ["an unknown setting", ["set", "speed", "fast"]],
    ["a size that is none", ["set", "max-download", "much"]],
    ["a switch that is neither", ["set", "shell", "yes"]],
    ["a member that is no id", ["set", "members", "ann"]],
    ["hours that are none", ["set", "quiet-hours", "22-6"]],
    ["a zone that is none", ["set", "quiet-hours", "22:00-06:00", "--zone", "Mars"]],
    ["no subcommand", []],
  ];
  it.each(wrong)("ends with 2 and words for %s", async (_, args) => {
    expect(await policy(...args)).toMatchObject({
      exitCode: 2,
      last: { type: "error", code: "USAGE", message: expect.any(String), whatToDo: expect.stringMatching(/\w/) },
    });
  });

  it("that cannot be read says why, changes nothing, and can begin again", async () => {
    await policy("allow", "example.com");
    for (const text of ['{"version":1', '{"version":2}', '{"version":1,"rules":[],"surprise":true}', "null", ""]) {
      writeFileSync(home().policyFile, text);
      for (const args of [["show"], ["list"], ["allow", "a.example"], ["set", "shell", "on"]]) {
        expect(await policy(...args)).toMatchObject({
          exitCode: 3,
          last: { code: "POLICY_DAMAGED", message: expect.stringContaining("policy.json") },
        });
      }
      expect(readFileSync(home().policyFile, "utf8")).toBe(text);
    }
    const { last } = await policy("reset");
    expect(readFileSync(last.aside, "utf8")).toBe("");
    expect(await show()).toMatchObject({ rules: [] });
  });

  it("loses none of many edits at once", async () => {
    const hosts = Array.from({ length: 12 }, (_, n) => `h${n}.example`);
    await Promise.all(hosts.map((host) => policy("allow", host)));
    expect((await show()).rules).toHaveLength(12);
  });

  it("tells what was refused on this computer", async () => {
    ensureHome(home());
    const journal = new Journal(home().journalFile);
    new RefusalLog(journal).add({ runId: null, kind: "host", rule: "deny *", subject: "a.example", count: 3, fatal: false, at: 0 });
    journal.close();
    expect((await policy("refusals")).lines).toMatchObject([
      { type: "refusal", kind: "host", rule: "deny *", subject: "a.example", count: 3, lastAt: "1970-01-01T00:00:00.000Z" },
      { type: "result", count: 1 },
    ]);
    expect((await rest.deskhand(["policy", "refusals"])).out).toContain("a.example is refused");
  });
});

describe("deskhand pause and resume", () => {
  it("are remembered, and told by status and show", async () => {
    expect(await rest.deskhand(["pause", "--json"])).toMatchObject({ exitCode: 0, last: { paused: true } });
    expect(await show()).toMatchObject({ paused: true, state: "paused" });
    expect((await rest.deskhand(["status", "--json"])).last).toMatchObject({ policy: "paused" });
    expect(await rest.deskhand(["resume", "--json"])).toMatchObject({ exitCode: 0, last: { paused: false } });
    expect((await rest.deskhand(["status", "--json"])).last).toMatchObject({ policy: "empty" });
  });
});
