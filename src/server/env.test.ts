import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { EnvError, readEnv, readSettings, settingNames } from "./env.ts";

function problemsOf(source: Record<string, string>): string[] {
  try {
    readSettings(source);
  } catch (error) {
    expect(error).toBeInstanceOf(EnvError);
    return (error as EnvError).problems.map(({ name }) => name);
  }
  return [];
}

describe("settings", () => {
  test("an empty environment gives a complete set of defaults", () => {
    expect(readSettings({})).toMatchObject({
      PORT: 3000,
      HOST: "127.0.0.1",
      PUBLIC_URL: "http://localhost:3000",
      DESKHAND_HOME: path.join(homedir(), ".deskhand"),
      DESKHAND_DATA_DIR: path.resolve(".data"),
      DESKHAND_LOCAL_RUNNER: "on",
      DESKHAND_ARTIFACTS_MAX_MB: 2048,
      LOG_LEVEL: "info",
    });
  });

  test("the public address follows the port unless it is set", () => {
    expect(readSettings({ PORT: "4100" }).PUBLIC_URL).toBe("http://localhost:4100");
    expect(readSettings({ PORT: "4100", PUBLIC_URL: "https://desk.example.com/" }).PUBLIC_URL).toBe("https://desk.example.com");
  });

  test("other server processes reach this one where it listens, or where it says", () => {
    expect(readSettings({ PORT: "4100" }).INSTANCE_URL).toBe("http://127.0.0.1:4100");
    expect(readSettings({ HOST: "::1" }).INSTANCE_URL).toBe("http://[::1]:3000");
    expect(problemsOf({ HOST: "0.0.0.0" })).toEqual([]);
    expect(problemsOf({ HOST: "0.0.0.0", REDIS_URL: "redis://localhost" })).toEqual(["INSTANCE_URL"]);
    expect(readSettings({ HOST: "0.0.0.0", REDIS_URL: "redis://localhost", INSTANCE_URL: "http://10.0.0.12:3000" })).toMatchObject({
      INSTANCE_URL: "http://10.0.0.12:3000",
    });
  });

  test("an empty value counts as unset", () => {
    expect(readSettings({ PORT: "", DATABASE_URL: " ", GITHUB_CLIENT_ID: "" })).toMatchObject({ PORT: 3000, DATABASE_URL: undefined });
  });

  test("a folder may begin with ~", () => {
    expect(readSettings({ DESKHAND_HOME: "~/desk" }).DESKHAND_HOME).toBe(path.join(homedir(), "desk"));
  });

  test("all wrong settings are named at once, each with what is wrong and an example", () => {
    const wrong = {
      PORT: "http",
      DATABASE_URL: "mysql://root:hunter2@db/x",
      AUTH_SECRET: "short",
      LOG_LEVEL: "loud",
      DESKHAND_ARTIFACTS_MAX_MB: "0",
    };
    expect(problemsOf(wrong)).toEqual(["PORT", "DATABASE_URL", "AUTH_SECRET", "LOG_LEVEL", "DESKHAND_ARTIFACTS_MAX_MB"]);
    expect(() => readSettings(wrong)).toThrow(/PORT is "http", but must be a whole number\n {4}for example: PORT=3000/);
    expect(() => readSettings(wrong)).toThrow(/LOG_LEVEL is "loud", but must be one of fatal, error/);
  });

  test("a secret's value is not repeated in the message", () => {
    expect(() => readSettings({ DATABASE_URL: "mysql://root:hunter2@db/x", AUTH_SECRET: "hunter2" })).toThrow(/^(?!.*hunter2)/s);
  });

  test.each(["0", "65536", "-1", "3000x", "3e3"])("the port %s is refused", (value) => {
    expect(problemsOf({ PORT: value })).toEqual(["PORT"]);
  });

  test.each(["localhost:3000", "ftp://x", "https://x.example/path", "https://user@x.example"])("the address %s is refused", (value) => {
    expect(problemsOf({ PUBLIC_URL: value })).toEqual(["PUBLIC_URL"]);
  });

  test("a sign-in provider needs its id and its secret", () => {
    expect(problemsOf({ GITHUB_CLIENT_ID: "id" })).toEqual(["GITHUB_CLIENT_SECRET"]);
    expect(problemsOf({ GOOGLE_CLIENT_SECRET: "secret" })).toEqual(["GOOGLE_CLIENT_ID"]);
    expect(problemsOf({ GOOGLE_CLIENT_ID: "id", GOOGLE_CLIENT_SECRET: "secret" })).toEqual([]);
  });
});

describe("the server's environment", () => {
  test("a server without a database or a secret is refused with both names", () => {
    expect(() => readEnv({})).toThrow(/DATABASE_URL is missing.*AUTH_SECRET is missing/s);
    expect(readEnv({ DATABASE_URL: "postgresql://localhost/x", AUTH_SECRET: "x".repeat(32) }).PORT).toBe(3000);
  });
});

describe(".env.example", () => {
  const lines = readFileSync(new URL("../../.env.example", import.meta.url), "utf8").split("\n");
  const pairs = lines.flatMap((line) => {
    const match = /^#?([A-Z][A-Z_]+)=(.*)$/.exec(line);
    return match ? [[match[1] ?? "", match[2] ?? ""] as const] : [];
  });

  test("it lists the settings that exist, each once, and no others", () => {
    expect(pairs.map(([name]) => name).sort()).toEqual([...settingNames].sort());
  });

  test("its values are accepted", () => {
    expect(problemsOf(Object.fromEntries(pairs))).toEqual([]);
  });
});
