// `npm test` on Node 24: lint, types, dead code, unit and integration tests, build, journeys in a browser; one closing line.
import { randomUUID } from "node:crypto";
import { mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { settingNames } from "../../src/server/env.ts";
import { buildAll } from "../build/all.ts";
import { generatePrismaClient } from "../prisma/generate.ts";
import { startWatchdog } from "../process/watchdog.ts";
import { findBrowser } from "../start/browser.ts";
import { say } from "../start/say.ts";
import { prepareShutdown } from "../start/shutdown.ts";
import { countPlaywright, countVitest, failedInPlaywright, failedInVitest } from "./counts.ts";
import { ensureServices } from "./services.ts";
import { type Counts, runTool, stopStages } from "./stage.ts";

const root = path.resolve(import.meta.dirname, "../..");
const reports = path.join(root, ".data", "test");
const total: Counts = { passed: 0, failed: 0, skipped: 0 };
/** What failed by its name, said once more at the end. */
const failures: string[] = [];

const mark = randomUUID();
const watchdog = startWatchdog();
watchdog.markedBy(mark);
process.env.DESKHAND_START_ID = mark;
const shutdown = prepareShutdown(watchdog, mark);
shutdown.add(stopStages);

try {
  await testAll();
} catch (error) {
  total.failed += 1;
  say(`✗ ${(error as Error).stack}`);
}
if (shutdown.ending) total.failed += 1;
for (const failure of failures) say(`✗ ${failure}`);
say(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
await shutdown.end(total.failed > 0 ? 1 : 0);

async function testAll(): Promise<void> {
  rmSync(reports, { recursive: true, force: true });
  mkdirSync(reports, { recursive: true });
  const browser = await findBrowser(process.env.DESKHAND_BROWSER || undefined, path.join(root, ".data"));
  await ensureServices();
  const env = testEnvironment(browser);
  await generatePrismaClient(say);
  say("Running lint, types, dead code and the tests; the journeys in a browser follow …");
  // the machine has two cores at least, and many tests wait: checks and the build go beside them
  const [built] = await Promise.all([checkAndBuild(env), unitTests(env)]);
  if (built) await journeys(env);
}

async function checkAndBuild(env: NodeJS.ProcessEnv): Promise<boolean> {
  await check("lint", "@biomejs/biome/bin/biome", ["check", "--error-on-warnings", "."], env);
  await check("types", "typescript/bin/tsc", ["--noEmit"], env);
  await check("dead code", "knip/bin/knip.js", [], env);
  const since = performance.now();
  try {
    await buildAll({ report: () => {} });
    say(`✓ build (${((performance.now() - since) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    total.failed += 1;
    say(`✗ build\n${(error as Error).message}`);
    return false;
  }
}

async function check(name: string, script: string, args: string[], env: NodeJS.ProcessEnv): Promise<void> {
  if (shutdown.ending) return;
  const { code, output, seconds } = await runTool(script, args, env);
  tell(name, code === 0 ? { passed: 1, failed: 0, skipped: 0 } : { passed: 0, failed: 1, skipped: 0 }, seconds, output);
}

async function unitTests(env: NodeJS.ProcessEnv): Promise<void> {
  const report = path.join(reports, "vitest.json");
  const args = ["run", "--reporter=default", "--reporter=json", `--outputFile.json=${report}`];
  const { code, output, seconds } = await runTool("vitest/vitest.mjs", args, env);
  failures.push(...failedInVitest(report, root));
  tell("unit and integration tests", countVitest(report, code), seconds, output);
}

async function journeys(env: NodeJS.ProcessEnv): Promise<void> {
  if (shutdown.ending) return;
  const report = path.join(reports, "playwright.json");
  const { code, output, seconds } = await runTool("@playwright/test/cli.js", ["test"], { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report });
  failures.push(...failedInPlaywright(report));
  tell("journeys in a browser", countPlaywright(report, code), seconds, output);
}

/** One line when all is well; the whole output when it is not. */
function tell(name: string, counts: Counts, seconds: number, output: string): void {
  if (shutdown.ending) return;
  total.passed += counts.passed;
  total.failed += counts.failed;
  total.skipped += counts.skipped;
  const numbers =
    counts.passed > 1 || counts.skipped > 0 ? ` ${counts.passed} passed${counts.skipped ? `, ${counts.skipped} skipped` : ""}` : "";
  if (counts.failed === 0) say(`✓ ${name}:${numbers || " fine"} (${seconds.toFixed(1)} s)`);
  else say(`${output}\n✗ ${name}: ${counts.failed} failed (${seconds.toFixed(1)} s)`);
}

/** Ours without the settings of a Deskhand that this person runs: tests must not reach its database or its runner. */
function testEnvironment(browser: string | undefined): NodeJS.ProcessEnv {
  const own = new Set<string>(settingNames);
  const kept = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.has(name) && name !== "NODE_ENV"));
  return {
    ...(kept as NodeJS.ProcessEnv),
    ...(browser ? { DESKHAND_BROWSER: browser } : {}),
    FORCE_COLOR: process.stdout.isTTY ? "1" : "0",
  };
}
