// What `npm start` and `npm test` share before anything is installed: plain JavaScript that Node 20 runs as it is.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const stampFile = path.join(root, "node_modules", ".deskhand-stamp");

/**
 * Installs what package-lock.json names when node_modules is missing or older, then runs `script` (a path below the
 * repository) on the Node of the npm package `node`, and ends as it ends. Signals are passed on; a parent that was killed
 * (npm, or this process) ends the script too.
 */
export async function handOver(script, args) {
  const major = Number(process.versions.node.split(".")[0]);
  if (major < 20) {
    fail(`Deskhand needs Node 20 or newer to start (this is ${process.version}). Install it from https://nodejs.org and try again.`);
  }
  process.chdir(root);
  await installWhenNeeded();
  const node = ownNode();
  if (!node) fail("The npm package `node` did not install its binary. Remove the folder node_modules and try again.");
  const child = spawn(node, [path.join(root, script), ...args], {
    cwd: root,
    // the channel is never spoken on: its end tells the script that this process is gone, even after SIGKILL
    stdio: ["inherit", "inherit", "inherit", "ipc"],
    env: { ...process.env, PATH: [path.join(root, "node_modules", ".bin"), process.env.PATH].join(path.delimiter) },
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) process.on(signal, () => child.kill(signal));
  watchNpm(() => child.kill("SIGTERM"));
  child.once("error", (error) => fail(`Could not start ${node}: ${error.message}`));
  child.once("exit", (code, signal) => process.exit(code ?? (signal === "SIGINT" ? 130 : 143)));
}

async function installWhenNeeded() {
  const wanted = fingerprint();
  if (existsSync(stampFile) && readFileSync(stampFile, "utf8") === wanted && ownNode()) return;
  if (isInstalledByHand() && ownNode()) {
    writeFileSync(stampFile, wanted);
    return;
  }
  const why = existsSync(path.join(root, "node_modules")) ? "they changed since the last start" : "first start";
  const since = Date.now();
  say(`Installing the dependencies with npm ci (${why}; about 1 GB, 1–4 minutes) …`);
  const places = wantedPackages().map(([place]) => place);
  const alive = setInterval(() => say(`  ${countPackages(places)} of ${places.length} packages after ${seconds(since)} s`), 10_000);
  const code = await runNpm(["ci", "--no-audit", "--no-fund", "--loglevel=error"]);
  clearInterval(alive);
  if (code !== 0) {
    fail("npm ci failed (its own words are above). Is the npm registry reachable? Run `npm ci` to see it again, then `npm start`.", code);
  }
  mkdirSync(path.dirname(stampFile), { recursive: true });
  writeFileSync(stampFile, wanted);
  say(`Dependencies installed in ${seconds(since)} s`);
}

/** One hash over the lock file and the platform: a folder that was copied from another system is installed again. */
function fingerprint() {
  const hash = createHash("sha256").update(readFileSync(path.join(root, "package-lock.json")));
  return hash.update(`${process.platform}-${process.arch}`).digest("hex");
}

function runNpm(args) {
  // npm sets npm_execpath for its scripts; run through this Node it needs no shell, not even on Windows
  const cli = process.env.npm_execpath;
  const viaNode = cli && /npm-cli\.[cm]?js$/.test(cli);
  const command = viaNode ? process.execPath : process.platform === "win32" ? "npm.cmd" : "npm";
  const env = { ...process.env };
  // NODE_ENV=production would leave out the development dependencies, which the build needs
  delete env.NODE_ENV;
  const child = spawn(command, [...(viaNode ? [cli] : []), ...args, "--include=dev"], {
    cwd: root,
    stdio: "inherit",
    env,
    shell: !viaNode && process.platform === "win32",
  });
  const stop = (signal) => {
    child.once("exit", () => process.exit(130));
    child.kill(signal);
    setTimeout(() => child.kill("SIGKILL"), 3000); // npm may be deaf while it unpacks
  };
  process.on("SIGINT", stop);
  process.on("SIGTERM", stop);
  return new Promise((resolve) => {
    child.once("error", (error) => fail(`Could not run npm: ${error.message}`));
    child.once("exit", (code) => {
      process.off("SIGINT", stop);
      process.off("SIGTERM", stop);
      resolve(code ?? 1);
    });
  });
}

function ownNode() {
  const file = path.join(root, "node_modules", "node", "bin", process.platform === "win32" ? "node.exe" : "node");
  return existsSync(file) ? file : undefined;
}

/** Entries of a lock file below node_modules that belong on this platform: [path, entry]. */
function wantedPackages(file = path.join(root, "package-lock.json")) {
  const fits = (list, value) => !list || list.includes(value) || (list[0].startsWith("!") && !list.includes(`!${value}`));
  return Object.entries(JSON.parse(readFileSync(file, "utf8")).packages).filter(
    ([place, entry]) =>
      place.startsWith("node_modules/") && !entry.link && fits(entry.os, process.platform) && fits(entry.cpu, process.arch),
  );
}

/** Whether npm's own list of what it installed holds all that the lock file wants: somebody ran `npm ci` before us. */
function isInstalledByHand() {
  const list = path.join(root, "node_modules", ".package-lock.json");
  if (!existsSync(list)) return false;
  const installed = new Map(wantedPackages(list));
  return wantedPackages().every(([place, { version, optional }]) => (installed.get(place)?.version ?? (optional && version)) === version);
}

/** Packages that are unpacked, to show how far npm is: it makes all their folders first. */
function countPackages(places) {
  return places.filter((place) => existsSync(path.join(root, place, "package.json"))).length;
}

/** npm's death by SIGKILL reaches nobody: notice that the process which started us is another one now. */
function watchNpm(onGone) {
  if (!process.env.npm_lifecycle_event || process.platform === "win32") return;
  const parent = process.ppid;
  const grandparent = parentOf(parent);
  const timer = setInterval(() => {
    if (process.ppid !== parent || (grandparent !== undefined && parentOf(parent) !== grandparent)) {
      clearInterval(timer);
      onGone();
    }
  }, 1000);
  timer.unref();
}

function parentOf(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/stat`, "utf8").split(") ").at(-1).split(" ")[1]);
  } catch {
    return undefined; // no /proc on this system
  }
}

const seconds = (since) => Math.round((Date.now() - since) / 1000);
const say = (line) => process.stdout.write(`${line}\n`);

function fail(message, code = 1) {
  process.stderr.write(`${message}\n`);
  process.exit(code);
}
