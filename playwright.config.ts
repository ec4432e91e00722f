import { defineConfig, devices } from "@playwright/test";

const asRoot = process.getuid?.() === 0;

export default defineConfig({
  testDir: "e2e",
  testMatch: "**/*.spec.ts",
  globalSetup: "./e2e/global-setup.ts",
  outputDir: "test-results",
  fullyParallel: true,
  workers: Number(process.env.PLAYWRIGHT_WORKERS ?? 2),
  forbidOnly: Boolean(process.env.CI),
  // only what hangs is cut off: how long a journey takes on a busy machine says nothing
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: [["list"], ["json", { outputFile: process.env.PLAYWRIGHT_JSON_OUTPUT_FILE ?? "test-results/report.json" }]],
  use: {
    ...devices["Desktop Chrome"],
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    // a trace of each journey makes all of them a quarter longer: whoever looks into a failure asks for one with --trace on
    trace: "off",
    screenshot: "only-on-failure",
    launchOptions: {
      executablePath: process.env.DESKHAND_BROWSER || "/usr/bin/chromium",
      // Chromium's sandbox does not work for root
      args: asRoot ? ["--no-sandbox"] : [],
    },
  },
});
