import * as z from "zod";
import { readStandardInput } from "./standard-input.ts";

// The runner is always on and has little to do: small counts for more than fast. Set before the rest is loaded.
if (process.argv[2] === "start") {
  for (const flag of ["--optimize-for-size", "--lazy-feedback-allocation", "--single-threaded-gc"]) {
    // whoever starts us may have set them; the module that sets them is not loaded for nothing
    if (!process.execArgv.includes(flag)) process.getBuiltinModule("node:v8").setFlagsFromString(flag);
  }
  z.config({ jitless: true });
  // engine.io-client looks at it while it loads, and the look alone would load Node's undici (3 MB); the connection uses ws
  delete (globalThis as { WebSocket?: unknown }).WebSocket;
}
const { runCommandLine } = await import("./command-line.ts");

// the reader of a pipe may leave early (`deskhand runs | head`)
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});

const exitCode = await runCommandLine(process.argv.slice(2), {
  env: process.env,
  streams: { out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) },
  isTerminal: process.stdin.isTTY === true && process.stdout.isTTY === true,
  readInput: readStandardInput,
});
// what was written leaves first; then nothing (an idle socket, a parent's channel) may keep the process
process.stdout.write("", () => process.exit(exitCode));
