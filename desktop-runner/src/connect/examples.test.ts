import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { startConnection, type TestConnection } from "../testing/connection-process.ts";
import { type FixtureSite, startFixtureSite } from "../testing/fixture-site.ts";
import { type TestFolder, testFolder } from "../testing/worker.ts";

const document = readFileSync(path.join(import.meta.dirname, "../../../docs/connect.md"), "utf8");
// browsers and key derivations take their time on a busy machine
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let site: FixtureSite;
let folder: TestFolder;
let connection: TestConnection;

beforeAll(async () => {
  site = await startFixtureSite();
  folder = await testFolder();
  connection = startConnection({ profileDir: path.join(folder.path, "profile") });
});
afterAll(async () => {
  connection.send({ type: "close" });
  await connection.ended;
  await folder.remove();
  await site.close();
});

test.each(["playwright", "puppeteer"])("the example for %s in docs/connect.md runs as it stands there", async (name) => {
  const [, example] = new RegExp(`\`\`\`js ${name}\n(.*?)\`\`\``, "s").exec(document) ?? [];
  const { ws } = await connection.ready;
  const env = { ...process.env, DESKHAND_CONNECT: ws, SITE: `${site.origin}/account` };
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", example ?? ""], {
    env,
    cwd: import.meta.dirname,
  });
  expect(stdout).toBe("Signed out\n");
});
