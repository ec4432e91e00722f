// The long runs of what `npm test` runs for seconds:
//   npm run test:faults -- [--commands 10000] [--seed N] [--minutes M]   the fault suite; goes on queueing for M minutes at least
//   npm run test:fuzz -- [--seed N] [--minutes 5]                        the fuzzers
//   npm run test:kills -- [--kills 1000]                                 profiles whose processes are killed, and browsers that must not stay
import { spawn } from "node:child_process";
import path from "node:path";
import { parseArgs } from "node:util";

const root = path.resolve(import.meta.dirname, "..");
const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { commands: { type: "string" }, seed: { type: "string" }, minutes: { type: "string" }, kills: { type: "string" } },
});
for (const [name, value] of Object.entries(values)) {
  if (Number.isFinite(Number(value))) continue;
  console.error(`--${name} must be a number.`);
  process.exit(2);
}
const [what] = positionals;
const env: NodeJS.ProcessEnv = { ...process.env };
const set = (name: string, value: string | undefined) => {
  if (value !== undefined) env[name] = value;
};
if (what === "relay") {
  set("FAULTS_COMMANDS", values.commands ?? "10000");
  set("FAULTS_SEED", values.seed);
  set("FAULTS_MINUTES", values.minutes);
} else if (what === "profiles") {
  set("FAULTS_KILLS", values.kills ?? "1000");
} else {
  set("FUZZ_SEED", values.seed);
  set("FUZZ_MINUTES", values.minutes ?? "5");
}
const files = what === "profiles" ? "e2e/faults/profiles" : path.join("e2e/faults/relay", what === "relay" ? "faults.test.ts" : "fuzz");
const vitest = path.join(root, "node_modules/vitest/vitest.mjs");
const child = spawn(process.execPath, [vitest, "run", files, "--disable-console-intercept"], { cwd: root, env, stdio: "inherit" });
for (const signal of ["SIGINT", "SIGTERM"] as const) process.on(signal, () => child.kill(signal));
child.once("exit", (code) => process.exit(code ?? 1));
