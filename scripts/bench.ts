// Runs the benchmarks of bench/ one after the other, or those that are named: node scripts/bench.ts start
import { spawnSync } from "node:child_process";
import path from "node:path";

const all = [
  "start",
  "click-to-first-step",
  "run-overhead",
  "profiles-live",
  "profiles-batch",
  "profile-open",
  "profiles-list",
  "profiles-scroll",
  "relay-roundtrip",
  "relay-connections",
  "relay-storm",
  "editor-drag",
  "live-view",
  "recording-cost",
  "video-cost",
  "steps-500",
];
const named = process.argv.slice(2);
const unknown = named.filter((name) => !all.includes(name));
if (unknown.length > 0) {
  console.error(`There is no benchmark called ${unknown.join(", ")}; there are ${all.join(", ")}.`);
  process.exit(2);
}
let failed = false;
for (const name of named.length > 0 ? named : all) {
  const { status } = spawnSync(process.execPath, [path.join(import.meta.dirname, `../bench/${name}.ts`)], {
    stdio: ["ignore", "inherit", "inherit"],
  });
  failed ||= status !== 0;
}
process.exit(failed ? 1 : 0);
