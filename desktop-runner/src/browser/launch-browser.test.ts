import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { Gate } from "../policy/gate.ts";
import { startTestScreen, type TestScreen } from "../testing/screen.ts";
import { findFolderBrowser } from "./find-browser.ts";
import { launchWithFolder } from "./launch-browser.ts";

let screen: TestScreen;
let folder: string;
beforeAll(async () => {
  screen = await startTestScreen();
  folder = await mkdtemp(path.join(tmpdir(), "deskhand-launch-"));
});
afterAll(async () => {
  vi.unstubAllEnvs();
  screen.close();
  await rm(folder, { recursive: true, force: true });
});

it("a window's browser asks for nothing by itself: what a policy refuses, a page asked for", async () => {
  vi.stubEnv("DISPLAY", screen.display);
  const executablePath = findFolderBrowser({ window: true, extensions: false }) ?? expect.fail("no browser");
  const gate = await Gate.open();
  const refused: string[] = [];
  gate.onRefusal = ({ subject }) => refused.push(subject);
  const log = path.join(folder, "net.json");
  try {
    const context = await launchWithFolder({
      executablePath,
      userDataDir: path.join(folder, "user-data"),
      proxy: gate.address,
      downloadsPath: folder,
      tracesDir: folder,
      window: true,
      extensions: [],
      args: [`--log-net-log=${log}`],
      context: { viewport: null },
    });
    // it wants both within a second of its start: who is signed in, and newer parts
    await vi.waitUntil(async () => {
      const text = await readFile(log, "utf8");
      return text.includes("/ListAccounts") && text.includes("cup2key");
    });
    await context
      .pages()[0]
      ?.goto("http://asked-by-a-page.example/")
      .catch(() => {});
    await context.close();
    const asked = [...(await readFile(log, "utf8")).matchAll(/"url":"https?:\/\/([^"/]+)/g)].map(([, host]) => host);
    expect(new Set(asked)).toEqual(new Set(["127.0.0.1:1", "asked-by-a-page.example"]));
    expect([...new Set(refused)]).toEqual(["asked-by-a-page.example"]);
  } finally {
    gate.close();
  }
});
