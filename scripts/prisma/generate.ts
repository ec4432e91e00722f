import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { buildStep, type StepReport } from "../build/step.ts";

const root = path.resolve(import.meta.dirname, "../..");

/** Writes the Prisma client to src/server/generated/prisma when the schema changed since it was written; returns whether it did. */
export function generatePrismaClient(report: StepReport): Promise<boolean> {
  return buildStep(
    {
      name: "prisma client",
      inputs: ["prisma/schema", "prisma.config.ts", "scripts/prisma/schema-engine.mjs", "node_modules/prisma/package.json"],
      isComplete: () => existsSync(path.join(root, "src/server/generated/prisma/client.ts")),
      run: () => runPrisma(["generate"]),
    },
    report,
  );
}

/** Runs Prisma's CLI on this Node. @throws with its output when it fails */
function runPrisma(args: string[]): Promise<void> {
  const cli = path.join(root, "node_modules/prisma/build/index.js");
  const child = spawn(process.execPath, [cli, ...args], { cwd: root, stdio: ["ignore", "pipe", "pipe"] });
  let words = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (data) => {
      words += data;
    });
  }
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => (code === 0 ? resolve() : reject(new Error(`prisma ${args.join(" ")} failed:\n${words}`))));
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await generatePrismaClient((line) => console.log(line));
