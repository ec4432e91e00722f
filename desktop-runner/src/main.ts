import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import type { Proof } from "@deskhand/shared/protocol/handshake";
import { type Connection, type ConnectionOptions, type ConnectionStatus, keepConnected } from "./connection/connection.ts";
import type { Credentials } from "./connection/credentials.ts";
import { answerServer } from "./connection/inbound.ts";
import { type Link, openLink } from "./connection/link.ts";
import { Outbox } from "./connection/outbox.ts";
import { proposeKey, tryKeys } from "./connection/rotate-key.ts";
import { beginUpload } from "./connection/upload.ts";
import { DeviceKeys } from "./identity/device-keys.ts";
import { readHardwareId } from "./identity/hardware-id.ts";
import { ensureHome, type RunnerHome, writeJsonFile } from "./identity/home.ts";
import { loadIdentity } from "./identity/identity.ts";
import { type FolderLock, lockFolder } from "./identity/lock.ts";
import { loadPairing } from "./identity/pairing-file.ts";
import { ArtifactIndex } from "./journal/artifact-index.ts";
import { DiskReserve } from "./journal/disk-reserve.ts";
import { Journal } from "./journal/journal.ts";
import { areSignaturesRequired } from "./policy/admission.ts";
import { PolicyKeeper } from "./policy/policy-keeper.ts";
import { ArtifactStore } from "./runs/artifact-store.ts";
import { readBrowserVersion } from "./runs/browser-version.ts";
import { EventWriter } from "./runs/event-writer.ts";
import { LiveView } from "./runs/live-view.ts";
import { type LogEntry, RunLogs } from "./runs/run-log.ts";
import { RunManager } from "./runs/run-manager.ts";
import { WorkerHost } from "./runs/worker-host.ts";
import { SigningKeeper } from "./signing/signing-keeper.ts";
import { runnerVersion } from "./version.ts";

export type RunnerOptions = {
  home: RunnerHome;
  /** Told of each change of the connection. */
  onStatus?: (status: ConnectionStatus) => void;
  /** What went wrong and does not stop the runner. Never holds a value, a page's content or a key. */
  onProblem?: (what: string, error: unknown) => void;
  /** Runs at once; the number of cores when absent. */
  concurrency?: number;
  /** Room for artifacts of finished runs, bytes; 2 GB when absent. */
  artifactsMaxBytes?: number;
  /** Bounds the journal's file; for tests of a full disk. */
  journalMaxBytes?: number;
  /** The worker's program; the one beside this program when absent. */
  workerFile?: string;
  cancelGraceMs?: number;
};

export type Runner = {
  /** Resolves when the runner has stopped: by `stop`, or because the server refused it for good. */
  readonly ended: Promise<ConnectionStatus>;
  stop(): Promise<void>;
};

/** Why a runner could not be started; words for each are the caller's. */
export class StartRefused extends Error {
  readonly reason: "NOT_PAIRED" | "ALREADY_RUNNING" | "JOURNAL_UNREADABLE";

  constructor(reason: StartRefused["reason"], cause?: unknown) {
    super(reason, { cause });
    this.reason = reason;
  }
}

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
  const { home, onProblem = () => {} } = options;
  const pairing = loadPairing(home);
  const identity = loadIdentity(home);
  if (!pairing || !identity) throw new StartRefused("NOT_PAIRED");
  ensureHome(home);
  const { journal, lock } = takeFolder(options);

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
    },
  });
  const worker = new WorkerHost({ file: options.workerFile, home: home.folder, onProblem });
  const live = new LiveView((runId, on) => worker.setLive(runId, on));
  const outbox = new Outbox({
    journal,
    isWatched: (runId) => live.isWatched(runId),
    onUnwanted: (commandId) => manager.cancel([commandId]),
  });
  const writer = new EventWriter(journal, {
    onWritten: () => outbox.wake(),
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
    onRefusal: (entry) => policy.record(entry),
    unseal: (armored) => identity.unseal(armored),
    onOutbox: (key) => outbox.wake(key),
    onLogLine: addLogLine,
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
  const report = (status: ConnectionStatus) => {
    try {
      writeJsonFile(home.stateFile, { pid: process.pid, connection: status.state, since: new Date().toISOString() });
    } catch {
      // only `deskhand status` reads it
    }
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
        accept: (command) => manager.accept(command),
        cancel: (commandIds) => manager.cancel(commandIds),
        setLive(runId, on) {
          live.set(runId, on);
          if (on) outbox.hurry(runId);
        },
        tighten: policy.tighten,
        takeWishes: signing.takeWishes,
        async readLog(runId, after) {
          flushLogs();
          const log = await logs.read(runId, after);
          if (log) return { v: 1, ok: true, ...log };
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
      connection?.stop();
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

function takeFolder({ home, journalMaxBytes }: RunnerOptions): { journal: Journal; lock: FolderLock } {
  const lock = lockFolder(home);
  if (!lock) throw new StartRefused("ALREADY_RUNNING");
  try {
    return { lock, journal: new Journal(home.journalFile, { maxBytes: journalMaxBytes }) };
  } catch (error) {
    lock.release();
    throw new StartRefused("JOURNAL_UNREADABLE", error);
  }
}
