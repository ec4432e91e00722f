import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Proof } from "@deskhand/shared/protocol/handshake";
import { type Connection, type ConnectionOptions, type ConnectionStatus, keepConnected } from "./connection/connection.ts";
import type { Credentials } from "./connection/credentials.ts";
import { answerServer } from "./connection/inbound.ts";
import { type Link, openLink } from "./connection/link.ts";
import { Outbox } from "./connection/outbox.ts";
import { proposeKey, tryKeys } from "./connection/rotate-key.ts";
import { StatusHistory } from "./connection/status-history.ts";
import { statusLine } from "./connection/status-words.ts";
import { beginUpload } from "./connection/upload.ts";
import { DeviceKeys } from "./identity/device-keys.ts";
import { readHardwareId } from "./identity/hardware-id.ts";
import { ensureHome } from "./identity/home.ts";
import { loadIdentity } from "./identity/identity.ts";
import { loadPairing } from "./identity/pairing-file.ts";
import { ArtifactIndex } from "./journal/artifact-index.ts";
import { DiskReserve } from "./journal/disk-reserve.ts";
import { nameOfRun } from "./journal/run-history.ts";
import { problemLine, runLine } from "./log/log-lines.ts";
import { RunnerLog } from "./log/runner-log.ts";
import { areSignaturesRequired } from "./policy/admission.ts";
import { PolicyKeeper } from "./policy/policy-keeper.ts";
import type { RunnerOptions } from "./runner-options.ts";
import { ArtifactStore } from "./runs/artifact-store.ts";
import { readBrowserVersion } from "./runs/browser-version.ts";
import { commandNotes } from "./runs/command-note.ts";
import { EventWriter } from "./runs/event-writer.ts";
import { LiveView } from "./runs/live-view.ts";
import { type LogEntry, RunLogs } from "./runs/run-log.ts";
import { RunManager } from "./runs/run-manager.ts";
import { WorkerHost } from "./runs/worker-host.ts";
import { SignerApprovals } from "./signing/signer-approvals.ts";
import { SigningKeeper } from "./signing/signing-keeper.ts";
import { StartRefused, takeFolder } from "./take-folder.ts";
import { Hints } from "./ui/hints.ts";
import { openLocalPage } from "./ui/local-page.ts";
import { runnerVersion } from "./version.ts";

export type Runner = {
  /** Resolves when the runner has stopped: by `stop`, or because the server refused it for good. */
  readonly ended: Promise<ConnectionStatus>;
  stop(): Promise<void>;
};

/** The longest that a run may take, milliseconds. */
const runTimeoutMs = 60 * 60_000;
/** The most that one run may leave behind, bytes. */
const artifactsOfOneRun = 512 * 1024 * 1024;
const dayMs = 24 * 60 * 60_000;
const keptCommands = 2_000;
const pruneEveryMs = 60 * 60_000;
/** How long a stopping runner tries to tell the server how its runs ended, milliseconds. */
const farewellMs = 1_500;

/**
 * Starts the runner of this folder: carries on with what the journal holds, and stays connected until it is stopped.
 * @throws StartRefused when the folder is not paired or another process has it
 */
export function startRunner(options: RunnerOptions): Runner {
  const { home } = options;
  const pairing = loadPairing(home);
  const identity = loadIdentity(home);
  if (!pairing || !identity) throw new StartRefused("NOT_PAIRED");
  ensureHome(home);
  const { journal, lock } = takeFolder(home, options.journalMaxBytes);
  const startedAt = Date.now();
  const hints = new Hints();
  const log = new RunnerLog(home, () => hints.tell("log"));
  const onProblem = (what: string, error: unknown) => {
    log.add("warn", problemLine(what, error));
    options.onProblem?.(what, error);
  };
  const approvals = new SignerApprovals(home);
  approvals.onChange = () => hints.tell("approvals");
  log.add("info", `Started, version ${runnerVersion}.`);

  const reserve = new DiskReserve(home.reserveFile);
  reserve.hold();
  const index = new ArtifactIndex(journal);
  const logs = new RunLogs(home.artifactsFolder);
  const maxBytes = options.artifactsMaxBytes ?? 2048 * 1024 * 1024;
  const artifacts = new ArtifactStore({ folder: home.artifactsFolder, index, maxBytes });
  const signing = new SigningKeeper({
    home,
    runnerId: pairing.runnerId,
    journal,
    isRequired: () => areSignaturesRequired(policy.loaded),
    onProblem,
  });
  const policy: PolicyKeeper = new PolicyKeeper({
    home,
    journal,
    signing,
    onProblem,
    onChange: () => {
      worker.setPolicy(policy.network);
      manager.pump();
      hints.tell("policy");
    },
    onSigners: () => approvals.onChange(),
  });
  const worker = new WorkerHost({ file: options.workerFile, home: home.folder, onProblem });
  const live = new LiveView((runId, on) => worker.setLive(runId, on));
  const outbox = new Outbox({
    journal,
    isWatched: (runId) => live.isWatched(runId),
    onUnwanted: (commandId) => manager.cancel([commandId]),
  });
  const writer = new EventWriter(journal, {
    onWritten: () => {
      outbox.wake();
      hints.tell("runs");
    },
    onFull: (error) => onProblem("events could not be written to the journal yet", error),
    makeRoom: () => reserve.giveUp(),
  });
  const addLogLine = (runId: string, entry: LogEntry) => {
    const line = logs.add(runId, entry);
    if (line) live.line(runId, line);
    logsDue ??= setTimeout(flushLogs, 50);
  };
  let logsDue: NodeJS.Timeout | undefined;
  const flushLogs = () => {
    clearTimeout(logsDue);
    logsDue = undefined;
    logs.flush();
  };
  worker.onFrame = (frame) => live.frame(frame);

  const notes = commandNotes({ journal, runnerId: pairing.runnerId, onCommand: options.onCommand });
  const manager = new RunManager({
    journal,
    writer,
    logs,
    artifacts,
    worker,
    profilesFolder: home.profilesFolder,
    concurrency: options.concurrency ?? availableParallelism(),
    limits: { runTimeoutMs, artifactsMaxBytes: Math.min(maxBytes, artifactsOfOneRun) },
    policy,
    signing,
    onRefusal: (entry) => {
      policy.record(entry);
      hints.tell("policy");
    },
    unseal: (armored) => identity.unseal(armored),
    onOutbox: (key) => outbox.wake(key),
    onLogLine: addLogLine,
    onQueue: () => hints.tell("runs"),
    onNote: notes.tell,
    onRunChange: (runId, change) => {
      notes.runChanged(runId, change);
      log.add(change.state === "failed" ? "error" : "info", runLine(nameOfRun(journal, runId), change));
    },
    onRunEnded: (runId) => {
      live.forget(runId);
      reserve.hold();
    },
    onProblem,
    cancelGraceMs: options.cancelGraceMs,
  });

  const rotateKey = (link: Link) => {
    proposeKey(link, keys, pairing.runnerId).catch((error) => onProblem("a new device key could not be agreed on yet", error));
  };

  let installed: Proof["browser"] = null;
  const browser = () =>
    worker.browserVersion === undefined ? installed : { name: installed?.name ?? "Chromium", version: worker.browserVersion };
  const keys = new DeviceKeys(home, identity);
  const credentials: Credentials = { home, keys, pairing, instanceId: randomUUID(), version: runnerVersion, browser };
  const history = new StatusHistory(home, log);
  const report = (status: ConnectionStatus) => {
    history.take(status);
    hints.tell("status");
    options.onStatus?.(status);
    if (status.state === "refused") void finish(status);
  };
  const { promise: ended, resolve: tellEnded } = Promise.withResolvers<ConnectionStatus>();
  let finishing: Promise<void> | undefined;
  let connection: Connection | undefined;
  const connect = () => {
    if (!finishing) connection = keepConnected(connectionOptions);
  };
  const connectionOptions: ConnectionOptions = {
    open: (events) => openLink(credentials, tryKeys(keys, events)),
    holding: () => journal.holding(5_000),
    onConnected(link, welcome) {
      answerServer(link, {
        accept: (command) => notes.answered(command, manager.accept(command)),
        cancel: (commandIds) => manager.cancel(commandIds),
        setLive(runId, on) {
          live.set(runId, on);
          if (on) outbox.hurry(runId);
        },
        tighten: policy.tighten,
        takeWishes: signing.takeWishes,
        async readLog(runId, after) {
          flushLogs();
          const lines = await logs.read(runId, after);
          if (lines) return { v: 1, ok: true, ...lines };
          return manager.isActive(runId) ? { v: 1, ok: true, lines: [], more: false } : { v: 1, ok: false, code: "ARTIFACT_GONE" };
        },
        rotateKey: () => rotateKey(link),
        async sendArtifact({ artifactId, uploadPath, token, offset }) {
          const found = artifacts.find(artifactId);
          if (!found) return { v: 1, ok: false, code: "ARTIFACT_GONE" };
          const upload = { url: new URL(uploadPath, pairing.serverUrl), token, offset, ...found };
          const begun = await beginUpload(upload, (error) => onProblem("an artifact could not be sent", error));
          return begun ? { v: 1, ok: true } : { v: 1, ok: false, code: "ARTIFACT_GONE" };
        },
      });
      live.attach(link);
      outbox.attach(link, welcome.eventWindow);
      // one that an earlier connection proposed: whether the server took it is not known
      if (keys.isProposing) rotateKey(link);
      policy.attach(link, welcome);
    },
    onDisconnected() {
      outbox.detach();
      policy.detach();
      live.detach();
    },
    onCancel: (commandIds) => manager.cancel(commandIds),
    onStatus: report,
  };
  // the browser's and the computer's names are part of what is told when connecting; another worker than ours has a browser of its own
  if (options.workerFile) connect();
  else {
    void Promise.all([readBrowserVersion(home), readHardwareId(pairing.runnerId)]).then(([found, hardwareId]) => {
      installed = found;
      credentials.hardwareId = hardwareId ?? undefined;
      connect();
    });
  }

  manager.begin().catch((error) => onProblem("the journal's runs could not be carried on", error));
  const about = { name: pairing.name, serverUrl: pairing.serverUrl, version: runnerVersion, startedAt };
  const page = openLocalPage(options.localPort, (port) => policy.keepFrom(port), {
    home,
    about,
    connection: () => history.current,
    fingerprint: () => keys.fingerprint,
    journal,
    policy,
    log,
    artifactsMaxBytes: maxBytes,
    cancelRun: (runId) => manager.cancelHere(runId),
    approvals,
    hints,
    onProblem,
  });
  const prune = () => {
    try {
      journal.prune(Date.now() - dayMs, keptCommands);
      policy.prune();
      signing.prune();
    } catch (error) {
      onProblem("old rows of the journal could not be removed", error);
    }
  };
  prune();
  const pruning = setInterval(prune, pruneEveryMs);

  function finish(status: ConnectionStatus): Promise<void> {
    finishing ??= (async () => {
      clearInterval(pruning);
      await manager.stop();
      await outbox.drained(farewellMs);
      await connection?.sayGoodbye();
      connection?.stop();
      log.add("info", "Stopped.");
      await page?.close(statusLine(status) ?? "The runner has stopped.");
      policy.close();
      signing.close();
      writer.close();
      flushLogs();
      journal.close();
      lock.release();
      tellEnded(status);
    })();
    return finishing;
  }
  return { ended, stop: () => finish({ state: "stopped" }) };
}
