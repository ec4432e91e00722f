import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRest, raw, refused } from "./testing/fake-rest.ts";
import { ids, page, runDetail } from "./testing/views.ts";

let rest: FakeRest;

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
});

afterEach(() => rest.close());

describe("what was typed", () => {
  const wrong: [string, string[]][] = [
    ["no command", []],
    ["an unknown command", ["fly"]],
    ["an unknown option", ["status", "--fast"]],
    ["a missing argument", ["logs"]],
    ["a code that is none", ["pair", "nope"]],
    ["an address that is none", ["pair", "7K3M-Q9XD", "--server", "ftp://x"]],
    ["a run that is no id", ["cancel", "7"]],
    ["a limit that is no number", ["runs", "--limit", "many"]],
    ["a state that is none", ["runs", "--state", "sleeping"]],
    ["nothing to deploy", ["deploy", "--profile", "Ann"]],
    ["two things to deploy", ["deploy", "a.json", "--workflow", "x", "--profile", "Ann"]],
    ["no profile", ["deploy", "a.json"]],
    ["a file that is not there", ["deploy", "/nowhere.json", "--profile", "Ann"]],
    ["an input without a value", ["deploy", "a.json", "--profile", "Ann", "--input", "secret"]],
  ];
  it.each(wrong)("ends with 2 and words for %s", async (_, args) => {
    const { exitCode, out, err } = await rest.deskhand(args);
    expect(exitCode).toBe(2);
    expect(out).toBe("");
    expect(err.trim().split("\n").length).toBeGreaterThan(1);
    const { last } = await rest.deskhand([...args, "--json"]);
    expect(last).toMatchObject({ type: "error", code: "USAGE", message: expect.any(String), whatToDo: expect.any(String) });
  });

  it("is not repeated when it may be a secret", async () => {
    const { err } = await rest.deskhand(["deploy", "a.json", "--profile", "Ann", "--input", "hunter2"]);
    expect(err).not.toContain("hunter2");
  });

  it("may ask for the version and for help", async () => {
    const { version } = JSON.parse(readFileSync(path.resolve(import.meta.dirname, "../../package.json"), "utf8"));
    expect(await rest.deskhand(["--version"])).toMatchObject({ exitCode: 0, out: `${version}\n` });
    expect((await rest.deskhand(["deploy", "--help"])).out).toContain("--profile");
  });

  it("is shown in the order in which it works: an option that takes several would take what comes after it", async () => {
    expect((await rest.deskhand(["deploy", "--help"])).out).toContain("Usage: deskhand deploy [recording] [options]");
    expect((await rest.deskhand(["profiles", "--help"])).out).toMatch(/^ {2}export <name-and-place...> \[options\]/m);
    expect((await rest.deskhand(["schedules", "--help"])).out).toContain("Usage: deskhand schedules [command]");
    const taken = await rest.deskhand(["deploy", "--profile", "Ann", "recording.json"]);
    expect(taken).toMatchObject({ exitCode: 2, err: expect.stringContaining("file before the flags") });
  });

  it("has help that tells where commands work, what is set outside of them, and how they end", async () => {
    const { out } = await rest.deskhand(["--help"]);
    expect(out).toMatch(/This computer's runner:\n {2}pair[\s\S]*\n {2}doctor[\s\S]*The project, on the server/);
    for (const words of ["DESKHAND_HOME", "DESKHAND_URL", "DESKHAND_API_KEY", "Exit codes: 0"]) expect(out).toContain(words);
    expect((await rest.deskhand(["start", "--help"])).out).toContain("DESKHAND_CONCURRENCY");
  });

  it("may be half a command: the words say where its other half is listed", async () => {
    const { last } = await rest.deskhand(["schedules", "--json"]);
    expect(last).toMatchObject({ code: "USAGE", whatToDo: "`deskhand schedules --help` lists them." });
    expect((await rest.deskhand(["--json"])).last).toMatchObject({ whatToDo: "`deskhand --help` lists them." });
  });
});

describe("the server", () => {
  const using = [
    ["runs"],
    ["logs", ids.run],
    ["cancel", ids.run],
    ["deploy", "--workflow", "x", "--profile", "Ann"],
    ["login", "--api-key", "dh_12345678"],
  ];
  it.each(using)("that cannot be reached ends %s with 3", async (...args) => {
    const { exitCode, last } = await rest.deskhand([...args, "--json"], { env: { DESKHAND_URL: "http://127.0.0.1:9" } });
    expect(exitCode).toBe(3);
    expect(last).toMatchObject({ type: "error", code: "SERVER_UNREACHABLE" });
  });

  it("that does not allow it ends with 3 and the server's words", async () => {
    rest.answers["GET /runs"] = refused(401, "UNAUTHENTICATED");
    const { exitCode, last } = await rest.deskhand(["runs", "--json"]);
    expect(exitCode).toBe(3);
    expect(last).toEqual({ type: "error", code: "UNAUTHENTICATED", message: "words", whatToDo: "do" });
  });

  it("that is something else ends with 3", async () => {
    rest.answers["GET /runs"] = raw(502, { hello: 1 });
    expect(await rest.deskhand(["runs", "--json"])).toMatchObject({ exitCode: 3, last: { code: "ANSWER_UNREADABLE" } });
    rest.answers["GET /runs"] = { items: "none" };
    expect(await rest.deskhand(["runs", "--json"])).toMatchObject({ exitCode: 3, last: { code: "ANSWER_UNREADABLE" } });
  });

  it("gets a key only when it was made for it", async () => {
    rest.answers["GET /runs"] = page();
    expect((await rest.deskhand(["login", "--json"], { env: { DESKHAND_API_KEY: "" }, input: "dh_stored_key\n" })).exitCode).toBe(0);
    expect(rest.calls.at(-1)?.authorization).toBe("Bearer dh_stored_key");
    expect(statSync(path.join(rest.home, "cli.json")).mode & 0o777).toBe(0o600);
    expect((await rest.deskhand(["runs"], { env: { DESKHAND_API_KEY: "", DESKHAND_URL: "" } })).exitCode).toBe(0);
    expect(rest.calls.at(-1)?.authorization).toBe("Bearer dh_stored_key");
    const elsewhere = await rest.deskhand(["runs", "--json"], { env: { DESKHAND_API_KEY: "", DESKHAND_URL: "http://127.0.0.1:9" } });
    expect(elsewhere).toMatchObject({ exitCode: 3, last: { code: "UNAUTHENTICATED" } });
  });

  it("has to accept a key before it is kept", async () => {
    rest.answers["GET /runs"] = refused(401, "UNAUTHENTICATED");
    expect((await rest.deskhand(["login", "--api-key", "dh_wrong_key"])).exitCode).toBe(3);
    expect(existsSync(path.join(rest.home, "cli.json"))).toBe(false);
  });
});

describe("runs, logs and cancel", () => {
  it("list, print and ask with stable keys", async () => {
    const { steps: _, artifacts: __, revision: ___, ...view } = runDetail("running");
    rest.answers["GET /runs"] = page(view);
    rest.answers[`GET /runs/${ids.run}`] = runDetail("succeeded");
    rest.answers[`GET /runs/${ids.run}/log`] = {
      lines: [{ seq: 1, at: "2026-01-01T00:00:00.000Z", step: null, level: "info", message: "hello" }],
      more: false,
    };
    rest.answers[`POST /runs/${ids.run}/cancel`] = view;
    const listed = await rest.deskhand(["runs", "--state", "active", "--json"]);
    expect(listed.lines).toMatchObject([
      { type: "run", runId: ids.run, status: "running" },
      { type: "result", count: 1 },
    ]);
    const log = await rest.deskhand(["logs", ids.run, "--follow", "--json"]);
    expect(log).toMatchObject({
      exitCode: 0,
      lines: [
        { type: "log", seq: 1, message: "hello" },
        { type: "result", status: "succeeded", lines: 1 },
      ],
    });
    expect(await rest.deskhand(["cancel", ids.run, "--json"])).toMatchObject({
      exitCode: 0,
      last: { type: "result", runId: ids.run, status: "running" },
    });
  });

  it("say that the runner is offline, with 3", async () => {
    rest.answers[`GET /runs/${ids.run}`] = runDetail("succeeded");
    rest.answers[`GET /runs/${ids.run}/log`] = refused(409, "RUNNER_OFFLINE");
    expect(await rest.deskhand(["logs", ids.run, "--json"])).toMatchObject({ exitCode: 3, last: { code: "RUNNER_OFFLINE" } });
  });
});

describe("start and doctor", () => {
  it("start says that the runner is not paired, with 3, and makes no folder", async () => {
    expect(await rest.deskhand(["start", "--json"])).toMatchObject({ exitCode: 3, last: { code: "NOT_PAIRED" } });
    expect(existsSync(rest.home)).toBe(false);
  });

  it("start refuses a setting that is not a number", async () => {
    expect(await rest.deskhand(["start", "--json"], { env: { DESKHAND_CONCURRENCY: "lots" } })).toMatchObject({
      exitCode: 2,
      last: { code: "USAGE" },
    });
  });

  it("doctor tells each check and ends with 3 when the server cannot be reached", async () => {
    const { exitCode, lines } = await rest.deskhand(["doctor", "--json"], { env: { DESKHAND_URL: "http://127.0.0.1:9" } });
    expect(exitCode).toBe(3);
    const told = lines.filter(({ type }) => type === "check");
    expect(told.map(({ name }) => name)).toEqual([
      "node",
      "folder",
      "identity",
      "policy",
      "journal",
      "disk",
      "browser",
      "server",
      "api-key",
    ]);
    expect(told.find(({ name }) => name === "server")).toMatchObject({ status: "fail", whatToDo: expect.any(String) });
  });

  it("doctor finds files that others may read", async () => {
    rest.answers["POST /runners/pair"] = () => refused(400, "PAIRING_CODE_USED");
    await rest.deskhand(["pair", "7K3M-Q9XD"]);
    writeFileSync(path.join(rest.home, "identity.json"), "{}", { mode: 0o644 });
    const { lines } = await rest.deskhand(["doctor", "--json"]);
    expect(lines.find(({ name }) => name === "folder")).toMatchObject({ status: "warn" });
  });
});
