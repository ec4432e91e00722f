// Outlives the process that started it by a moment: when the pipe on standard input ends without `{"release":true}`, that
// process was killed, and what it guarded is stopped and removed here. Plain JavaScript, few imports: it stays in memory.
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";

const guarded = []; // {pid, signal, order}: lower orders are stopped first
const folders = [];
let mark;
let graceMs = 10_000;
let released = false;

// its own end is the pipe's end, not a signal that a terminal sends to everybody
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => {});

createInterface({ input: process.stdin })
  .on("line", (line) => {
    const message = JSON.parse(line);
    if (message.release) released = true;
    if (message.pid) guarded.push({ pid: message.pid, signal: message.signal, order: message.order });
    if (message.forget) guarded.splice(0, guarded.length, ...guarded.filter(({ pid }) => pid !== message.forget));
    if (message.folder) folders.push(message.folder);
    if (message.graceMs) graceMs = message.graceMs;
    if (message.mark) mark = message.mark;
  })
  .on("close", async () => {
    if (!released) await cleanUp();
    process.exit(0);
  });

async function cleanUp() {
  for (const { pid, signal } of guarded.sort((a, b) => a.order - b.order)) {
    send(pid, signal);
    await gone(pid, graceMs);
    send(pid, "SIGKILL");
  }
  for (const pid of marked()) send(pid, "SIGKILL");
  for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
}

/** Processes that inherited our mark in their environment, whatever their parent is by now (browsers, for one). */
function marked() {
  if (!mark || process.platform !== "linux") return [];
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .filter((name) => {
      try {
        return readFileSync(`/proc/${name}/environ`, "latin1").includes(mark);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function send(pid, signal) {
  try {
    process.kill(pid, signal);
  } catch {
    // it is gone
  }
}

async function gone(pid, milliseconds) {
  for (const end = Date.now() + milliseconds; Date.now() < end; ) {
    try {
      process.kill(pid, 0);
      if (process.platform === "linux" && /^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, "utf8"))) return;
    } catch {
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
