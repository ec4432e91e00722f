import { runCommandLine } from "./command-line.ts";
import { readStandardInput } from "./standard-input.ts";

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
