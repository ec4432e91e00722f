import { existsSync } from "node:fs";
import * as z from "zod";
import { readJsonFile, runnerHome } from "../../identity/home.ts";
import { isFolderLocked } from "../../identity/lock.ts";
import { loadPairing } from "../../identity/pairing-file.ts";
import { Journal } from "../../journal/journal.ts";
import { readinessOf } from "../../policy/admission.ts";
import { isNothingAllowed, loadPolicy } from "../../policy/policy-file.ts";
import { readKept } from "../../policy/policy-store.ts";
import { readPageAddress } from "../../ui/page-address.ts";
import { runnerVersion } from "../../version.ts";
import type { CommandContext } from "../command.ts";

const stateFile = z.object({ pid: z.number(), connection: z.string(), since: z.string() });

/** `deskhand status`: what is known on this computer, without asking the server. */
export async function status(_flags: object, { env, output }: CommandContext): Promise<number> {
  const home = runnerHome(env);
  const pairing = loadPairing(home);
  const running = existsSync(home.lockFile) && isFolderLocked(home);
  const told = running ? stateFile.safeParse(readJsonFile(home.stateFile)).data : undefined;
  const journal = existsSync(home.journalFile) ? readCounts(home.journalFile) : null;
  const page = running ? (readPageAddress(home) ?? null) : null;
  const loaded = loadPolicy(home);
  const readiness = readinessOf(loaded, Date.now(), readKept(home));
  const policy = !loaded.ok
    ? "damaged"
    : readiness.state === "paused"
      ? readiness.by === "device"
        ? "paused"
        : "paused-by-project"
      : isNothingAllowed(loaded)
        ? "empty"
        : readiness.state;
  const { runnerId, projectId, serverUrl, name, fingerprint } = pairing ?? {};
  output.result(
    {
      version: runnerVersion,
      home: home.folder,
      paired: pairing !== undefined,
      runnerId: runnerId ?? null,
      projectId: projectId ?? null,
      serverUrl: serverUrl ?? null,
      name: name ?? null,
      fingerprint: fingerprint ?? null,
      running,
      pid: told?.pid ?? null,
      connection: told?.connection ?? null,
      since: told?.since ?? null,
      page,
      policy,
      journal,
    },
    [
      pairing ? `Runner       "${name}" (${runnerId})` : "Runner       not paired",
      ...(pairing ? [`Server       ${serverUrl}`, `Fingerprint  ${fingerprint}`] : []),
      `Process      ${running ? `running${told ? `, ${told.connection} since ${told.since} (process ${told.pid})` : ""}` : "not running"}`,
      ...(page ? [`Page         ${page} (\`deskhand open\`)`] : []),
      ...(journal
        ? [
            `Journal      ${journal.running} running, ${journal.waiting} waiting, ${journal.undelivered} ended and not told to the server yet`,
          ]
        : []),
      `Policy       ${policyWords[policy]}`,
      `Folder       ${home.folder}`,
      `Version      ${runnerVersion}`,
    ].join("\n"),
  );
  return 0;
}

const policyWords = {
  damaged: "cannot be read: everything is refused (`deskhand policy show`)",
  paused: "paused: no run begins until `deskhand resume`",
  "paused-by-project": "paused by the project: no run begins until it resumes the runner on the dashboard",
  empty: "nothing is allowed yet (`deskhand policy allow HOST`)",
  quiet: "quiet hours: runs wait until they end",
  ready: "runs may begin",
};

function readCounts(file: string) {
  const journal = new Journal(file);
  try {
    return journal.counts();
  } finally {
    journal.close();
  }
}
