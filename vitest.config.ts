import path from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: {
    alias: [
      { find: /^@\//, replacement: `${path.resolve(import.meta.dirname, "src")}/` },
      { find: /^@deskhand\/shared\/(.*)$/, replacement: `${path.resolve(import.meta.dirname, "packages/shared/src")}/$1.ts` },
    ],
  },
  test: {
    include: ["src", "packages", "desktop-runner", "scripts", "prisma", "bench", "e2e"].map((folder) => `${folder}/**/*.test.ts?(x)`),
    exclude: ["**/node_modules/**", "**/dist/**"],
    globalSetup: ["scripts/test/vitest-setup.ts"],
    pool: "forks",
    maxWorkers: Number(process.env.VITEST_MAX_WORKERS ?? 2),
    setupFiles: ["scripts/test/patience.ts"],
    // only what hangs is cut off: how long a test takes on a busy machine says nothing
    testTimeout: 180_000,
    hookTimeout: 180_000,
    expect: { poll: { timeout: 60_000 } },
  },
});
