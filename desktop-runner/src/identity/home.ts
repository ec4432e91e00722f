import { chmodSync, closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

/** Where everything of a runner lives: one folder, closed to other people. */
export type RunnerHome = {
  folder: string;
  runnerFile: string;
  identityFile: string;
  joinFile: string;
  /** What the running process says of itself, for `deskhand status`. */
  stateFile: string;
  /** What the browser said of its version. */
  browserFile: string;
  cliFile: string;
  lockFile: string;
  journalFile: string;
  /** Room that is kept for the journal. */
  reserveFile: string;
  /** What this runner allows; a folder of its own, so that it can be watched without hearing of the journal. */
  policyFolder: string;
  policyFile: string;
  /** What the project asked to refuse beyond it. */
  tighteningFile: string;
  /** Whose signatures this runner trusts. */
  signersFile: string;
  /** The key that the command line signs with. */
  signingKeyFile: string;
  profilesFolder: string;
  /** Profiles that were deleted and may still be asked for again. */
  deletedProfilesFolder: string;
  artifactsFolder: string;
  /** Where backups go and with which keys, and what is remembered of them. */
  backupFolder: string;
  /** What the runner said of itself: JSON lines, and those before them. */
  logFile: string;
  previousLogFile: string;
  /** Where the local page is, links that open it, and the window that shows it. */
  pageFolder: string;
  pageFile: string;
  windowFolder: string;
};

/** The folder named by DESKHAND_HOME, else ~/.deskhand. A leading ~ is the person's own folder. */
export function runnerHome(env: Readonly<Record<string, string | undefined>> = process.env): RunnerHome {
  const named = env.DESKHAND_HOME?.trim();
  const folder = path.resolve(named ? named.replace(/^~(?=$|[/\\])/, homedir()) : path.join(homedir(), ".deskhand"));
  const inside = (name: string) => path.join(folder, name);
  return {
    folder,
    runnerFile: inside("runner.json"),
    identityFile: inside("identity.json"),
    joinFile: inside("join.json"),
    stateFile: inside("state.json"),
    browserFile: inside("browser.json"),
    cliFile: inside("cli.json"),
    lockFile: inside("lock.db"),
    journalFile: inside("journal.db"),
    reserveFile: inside("reserve"),
    policyFolder: inside("policy"),
    policyFile: inside("policy/policy.json"),
    tighteningFile: inside("policy/tightening.json"),
    signersFile: inside("policy/signers.json"),
    signingKeyFile: inside("signing-key.json"),
    profilesFolder: inside("profiles"),
    deletedProfilesFolder: inside("deleted-profiles"),
    artifactsFolder: inside("artifacts"),
    backupFolder: inside("backup"),
    logFile: inside("runner.log"),
    previousLogFile: inside("runner.previous.log"),
    pageFolder: inside("page"),
    pageFile: inside("page/address.json"),
    windowFolder: inside("page/window"),
  };
}

/** Makes the folder with mode 700; the folders above it are left as they are. */
export function ensureHome(home: RunnerHome): void {
  mkdirSync(path.dirname(home.folder), { recursive: true });
  for (const folder of [home.folder, home.policyFolder, home.profilesFolder, home.artifactsFolder, home.pageFolder]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (process.platform !== "win32") chmodSync(folder, 0o700);
  }
}

/** Writes the file whole or not at all, mode 600, and has it on the disk before it returns. */
export function writeJsonFile(file: string, value: unknown): void {
  const beside = `${file}.${process.pid}.tmp`;
  const handle = openSync(beside, "w", 0o600);
  try {
    writeSync(handle, `${JSON.stringify(value, null, 2)}\n`);
    fsyncSync(handle);
  } catch (error) {
    closeSync(handle);
    rmSync(beside, { force: true });
    throw error;
  }
  closeSync(handle);
  renameSync(beside, file);
  syncFolder(path.dirname(file));
}

/** The file's JSON, or undefined when there is no such file. Throws when it cannot be read or is not JSON. */
export function readJsonFile(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  return JSON.parse(text);
}

// a rename is only sure to outlive a power cut when the folder is synced too; Windows has no such call
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const handle = openSync(folder, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
