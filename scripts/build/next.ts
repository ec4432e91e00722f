import { spawn } from "node:child_process";
import { existsSync, rmSync } from "node:fs";
import path from "node:path";
import { buildStep, type StepReport } from "./step.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** The pages: `next build` to .next. Takes about half a minute; types are checked by `npm test`. */
export function buildPages(report: StepReport): Promise<boolean> {
  return buildStep(
    {
      name: "pages",
      inputs: [
        "src",
        "packages/shared/src",
        "prisma/schema",
        "public",
        "next.config.ts",
        "postcss.config.mjs",
        "tsconfig.json",
        "package-lock.json",
      ],
      isComplete: () => existsSync(path.join(root, ".next/BUILD_ID")),
      run: runNextBuild,
    },
    report,
  );
}

function runNextBuild(): Promise<void> {
  // types that `next dev` left for routes which are gone by now break the build
  rmSync(path.join(root, ".next/dev/types"), { recursive: true, force: true });
  const child = spawn(process.execPath, [path.join(root, "node_modules/next/dist/bin/next"), "build"], {
    cwd: root,
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" },
  });
  let words = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      words += data;
    });
  }
  const stop = () => child.kill();
  process.once("exit", stop);
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      process.off("exit", stop);
      if (code === 0) resolve();
      else reject(new Error(`next build failed (${signal ?? `code ${code}`}):\n${words}`));
    });
  });
}
