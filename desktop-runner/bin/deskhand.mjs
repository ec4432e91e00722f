#!/usr/bin/env node
// The command `deskhand`. The runner needs Node 24 (for node:sqlite, among others); an older one hands over to the Node that
// the package brings. Plain JavaScript that Node 20 runs.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import module from "node:module";
import { homedir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const handedOver = "DESKHAND_HANDED_OVER";
const here = path.dirname(fileURLToPath(import.meta.url));
const program = path.join(here, "..", "dist", "deskhand.mjs");

if (!existsSync(program)) fail("The runner is not built yet. In a clone of Deskhand, run `npm run build` first.");

if (Number(process.versions.node.split(".")[0]) >= 24) {
  if (process.env[handedOver]) goWithParent();
  delete process.env[handedOver];
  // what V8 compiled once is read again: a quicker start, and less memory for the runner that is always on
  const home = process.env.DESKHAND_HOME || path.join(homedir(), ".deskhand");
  if (existsSync(home)) module.enableCompileCache(path.join(home, "compiled"));
  process.argv[1] = program;
  await import(new URL("../dist/deskhand.mjs", import.meta.url).href);
} else {
  handOver();
}

function handOver() {
  // the runner that waits needs no optimizing compilers, and one arena for glibc's malloc, which gives back what is freed
  const waits = process.argv[2] === "start";
  const flags = waits ? ["--lite-mode", "--optimize-for-size", "--lazy-feedback-allocation", "--single-threaded-gc"] : [];
  const child = spawn(ownNode(), [...flags, fileURLToPath(import.meta.url), ...process.argv.slice(2)], {
    // nothing is said on the channel: its end tells the child that we are gone, even after SIGKILL
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: {
      ...process.env,
      ...(waits ? { MALLOC_ARENA_MAX: "1", MALLOC_TRIM_THRESHOLD_: "0", MALLOC_TOP_PAD_: "0" } : {}),
      [handedOver]: "1",
    },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  child.once("error", (error) => fail(`Could not start Node 24: ${error.message}`));
  child.once("exit", (code, signal) => process.exit(code ?? 128 + ({ SIGHUP: 1, SIGINT: 2, SIGKILL: 9 }[signal] ?? 15)));
}

/** Our parent is only there for us: without it, stop as if asked to. */
function goWithParent() {
  process.once("disconnect", () => {
    if (!process.emit("SIGTERM", "SIGTERM")) process.exit(143);
  });
  process.channel?.unref();
}

function ownNode() {
  try {
    const folder = path.dirname(module.createRequire(import.meta.url).resolve("node/package.json"));
    const file = path.join(folder, "bin", process.platform === "win32" ? "node.exe" : "node");
    if (existsSync(file)) return file;
  } catch {
    // told below
  }
  return fail(`The runner needs Node 24 or newer; this is ${process.version}, and the one that the package brings is missing.`);
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(3);
}
