import { accessSync, constants, existsSync, statSync } from "node:fs";
import { statfs } from "node:fs/promises";
import type { RunnerHome } from "../../identity/home.ts";
import { loadIdentity } from "../../identity/identity.ts";
import { loadPairing } from "../../identity/pairing-file.ts";
import { Journal } from "../../journal/journal.ts";
import { isNothingAllowed, loadPolicy } from "../../policy/policy-file.ts";
import type { Check } from "./check.ts";

export function checkNode(): Check[] {
  const message = `Node ${process.versions.node}`;
  if (Number(process.versions.node.split(".")[0]) >= 24) return [{ name: "node", status: "ok", message }];
  return [
    { name: "node", status: "fail", message: `${message} is too old.`, whatToDo: "Start it with npx deskhand, which brings Node 24." },
  ];
}

export function checkFolder(home: RunnerHome): Check[] {
  const name = "folder";
  if (!existsSync(home.folder)) {
    const whatToDo = "`deskhand pair` makes it.";
    return [{ name, status: "warn", message: `The folder ${home.folder} does not exist yet.`, whatToDo }];
  }
  try {
    accessSync(home.folder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch {
    const whatToDo = "Make it yours: it may belong to another user, for example after a start with sudo.";
    return [{ name, status: "fail", message: `The folder ${home.folder} cannot be written to.`, whatToDo }];
  }
  const open = process.platform === "win32" ? [] : openToOthers(home);
  if (open.length === 0) return [{ name, status: "ok", message: `The folder ${home.folder} is there and only yours.` }];
  return [
    {
      name,
      status: "warn",
      message: `Other users of this computer may read ${open.join(", ")}.`,
      whatToDo: `chmod -R go-rwx '${home.folder}'`,
    },
  ];
}

function openToOthers(home: RunnerHome): string[] {
  const { folder, identityFile, cliFile, journalFile, policyFile, profilesFolder, logFile, pageFolder } = home;
  const secret = [folder, identityFile, cliFile, journalFile, policyFile, profilesFolder, logFile, pageFolder];
  return secret.filter((file) => existsSync(file) && (statSync(file).mode & 0o077) !== 0);
}

export function checkIdentity(home: RunnerHome): Check[] {
  const name = "identity";
  try {
    const pairing = loadPairing(home);
    const identity = loadIdentity(home);
    if (!pairing) {
      const whatToDo = "On the dashboard, Runners, Add a runner shows the command that pairs it.";
      return [{ name, status: "warn", message: "The runner of this computer is not paired.", whatToDo }];
    }
    if (identity?.fingerprint === pairing.fingerprint) {
      return [{ name, status: "ok", message: `Paired with ${pairing.serverUrl} as "${pairing.name}", fingerprint ${pairing.fingerprint}` }];
    }
  } catch {
    // told below
  }
  return [
    {
      name,
      status: "fail",
      message: "The runner's keys are missing, damaged, or not those that it was paired with.",
      whatToDo: "Pair it again with a new code: deskhand pair CODE --server URL --force",
    },
  ];
}

export function checkPolicy(home: RunnerHome): Check[] {
  const name = "policy";
  const loaded = loadPolicy(home);
  if (!loaded.ok) {
    const whatToDo = "Correct it, or begin again with nothing allowed: deskhand policy reset";
    return [{ name, status: "fail", message: `${loaded.reason}: everything is refused.`, whatToDo }];
  }
  if (isNothingAllowed(loaded)) {
    const whatToDo = "Allow the hosts that runs may open: deskhand policy allow example.com";
    return [{ name, status: "warn", message: "The policy allows no host yet.", whatToDo }];
  }
  if (loaded.policy.paused) {
    return [{ name, status: "warn", message: "The runner is paused: no run begins.", whatToDo: "deskhand resume" }];
  }
  return [{ name, status: "ok", message: `The policy has ${loaded.policy.rules.length} rules about hosts.` }];
}

export function checkJournal(home: RunnerHome): Check[] {
  const name = "journal";
  if (!existsSync(home.journalFile)) return [{ name, status: "ok", message: "There is no journal yet." }];
  let journal: Journal | undefined;
  try {
    journal = new Journal(home.journalFile);
    if (journal.isWhole()) {
      const { running, waiting, undelivered } = journal.counts();
      const message = `The journal is whole: ${running} running, ${waiting} waiting, ${undelivered} ended and not told to the server yet.`;
      return [{ name, status: "ok", message }];
    }
  } catch {
    // told below
  } finally {
    journal?.close();
  }
  const whatToDo = `Stop the runner and move ${home.journalFile} away: runs that were not told to the server are lost, profiles are not.`;
  return [{ name, status: "fail", message: "The journal is damaged.", whatToDo }];
}

const gigabyte = 1024 ** 3;

export async function checkDisk(home: RunnerHome): Promise<Check[]> {
  const name = "disk";
  const { bavail, bsize } = await statfs(existsSync(home.folder) ? home.folder : process.cwd());
  const free = (bavail * bsize) / gigabyte;
  const message = `${free.toFixed(1)} GB are free for profiles and artifacts.`;
  if (free >= 2) return [{ name, status: "ok", message }];
  const whatToDo = "Free some space, or let artifacts take less with DESKHAND_ARTIFACTS_MAX_MB.";
  return [{ name, status: free < 0.2 ? "fail" : "warn", message, whatToDo }];
}
