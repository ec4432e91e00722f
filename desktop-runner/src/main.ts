import { randomUUID } from "node:crypto";
import type { Proof } from "@deskhand/shared/protocol/handshake";
import { BackupHost } from "./backup/host/backup-host.ts";
import { type Connection, type ConnectionOptions, type ConnectionStatus, keepConnected } from "./connection/connection.ts";
import type { Credentials } from "./connection/credentials.ts";
import { answerServer } from "./connection/inbound.ts";
import { type Link, openLink } from "./connection/link.ts";
import { Outbox } from "./connection/outbox.ts";
import { KeyProposer, tryKeys } from "./connection/rotate-key.ts";
import { sendArtifact } from "./connection/send-artifact.ts";
import { StatusHistory } from "./connection/status-history.ts";
import { statusLine } from "./connection/status-words.ts";
import { openHolds } from "./holds/open-holds.ts";
import { DeviceKeys } from "./identity/device-keys.ts";
import { readHardwareId } from "./identity/hardware-id.ts";
import { ensureHome } from "./identity/home.ts";
import { loadIdentity } from "./identity/identity.ts";
import { loadPairing } from "./identity/pairing-file.ts";
import { ArtifactIndex } from "./journal/artifact-index.ts";
import { DiskReserve } from "./journal/disk-reserve.ts";
import type { RefusalEntry } from "./journal/refusal-log.ts";
import { nameOfRun } from "./journal/run-history.ts";
import { problemLine, runLine } from "./log/log-lines.ts";
import { RunnerLog } from "./log/runner-log.ts";
import { openProfiles } from "./open-profiles.ts";
import { areSignaturesRequired } from "./policy/admission.ts";
import { PolicyKeeper } from "./policy/policy-keeper.ts";
import { keepPruned } from "./prune.ts";
import type { RunnerOptions } from "./runner-options.ts";
import { ArtifactStore } from "./runs/artifact-store.ts";
import { readBrowserVersion } from "./runs/browser-version.ts";
import { fixedCapacity, measuredCapacity } from "./runs/capacity.ts";
import { commandNotes } from "./runs/command-note.ts";
import { EventWriter } from "./runs/event-writer.ts";
import { openLive } from "./runs/live-view.ts";
import { LogLines } from "./runs/log-lines.ts";
import { RunLogs } from "./runs/run-log.ts";
import { RunManager } from "./runs/run-manager.ts";
import { WorkerHost } from "./runs/worker-host.ts";
import { openSchedules } from "./schedules/open-schedules.ts";
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
/** How long a stopping runner tries to tell the server how its runs ended, milliseconds. */
const farewellMs = 1_500;

/**
 * Starts the runner of this folder: carries on with what the journal holds, and stays connected until it is stopped.
 * @throws StartRefused when the folder is not paired or another process has it
 */
export function startRunner(options: RunnerOptions): Runner {
  const { home } = options;
  const [pairing, identity] = [loadPairing(home), loadIdentity(home)];
  if (!pairing || !identity) throw new StartRefused("NOT_PAIRED");
  ensureHome(home);
  const { journal, lock } = takeFolder(home, options.journalMaxBytes);
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
  const artifacts = new ArtifactStore({ folder: home.artifactsFolder, index, maxBytes, maxAgeMs: options.artifactsMaxAgeMs });
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
      connections.setPolicy(policy.network);
      manager.pump();
      hints.tell("policy");
    },
    onSigners: () => approvals.onChange(),
  });
  const worker = new WorkerHost({ file: options.workerFile, home: home.folder, onProblem });
  const live = openLive(worker, logs);
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
  const logLines = new LogLines(logs, live);
  const holds = openHolds({
    worker,
    live,
    isActive: (runId) => manager.isActive(runId),
    areSignaturesRequired: () => areSignaturesRequired(policy.loaded),
    record: (runId, event) => writer.add(runId, event),
    leaseMs: options.holdLeaseMs,
  });
  const schedules = openSchedules({
    ...{ journal, folderOf: (runId) => artifacts.runFolder(runId) },
    onFired: () => manager.pump(),
    onTold: () => outbox.wake(),
    cancelRun: (runId) => manager.endHere(runId, "SUPERSEDED"),
    onProblem,
  });
  const onRefusal = (entry: RefusalEntry) => {
    policy.record(entry);
    hints.tell("policy");
  };
  const unseal = (armored: string) => identity.unseal(armored);
  const capacity = options.concurrency === undefined ? measuredCapacity() : fixedCapacity(options.concurrency);
  worker.onLoad = capacity.learn;
  const common = { home, journal, policy, worker, capacity, hibernateAfterMs: options.hibernateAfterMs };
  const { table: profiles, ...parts } = openProfiles({ ...common, unseal, onRefusal, onProblem });
  const { connections } = parts;
  const backups = new BackupHost({ home, log, onProblem });
  const notes = commandNotes({ journal, runnerId: pairing.runnerId, onCommand: options.onCommand });
  const manager = new RunManager({
    journal,
    writer,
    logs,
    artifacts,
    worker,
    services: { home, profiles, ...parts, backups, holds, schedules, network: () => policy.network, unseal, clock: Date.now },
    capacity,
    limits: { runTimeoutMs, artifactsMaxBytes: Math.min(maxBytes, artifactsOfOneRun) },
    policy,
    signing: schedules.judging(signing),
    onRefusal,
    onOutbox: (key) => outbox.wake(key),
    onLogLine: (runId, entry) => logLines.add(runId, entry),
    onQueue: () => hints.tell("runs"),
    onNote: notes.tell,
    onRunChange: (runId, change) => {
      notes.runChanged(runId, change);
      schedules.runChanged(runId, change);
      log.add(change.state === "failed" ? "error" : "info", runLine(nameOfRun(journal, runId), change));
    },
    onRunEnded: (runId) => {
      live.forget(runId);
      holds.end(runId);
      reserve.hold();
    },
    onProblem,
    cancelGraceMs: options.cancelGraceMs,
  });

  // the one that waited for it goes on; what released it has come to its end first
  profiles.onReleased = () => setImmediate(() => manager.pump());
  const reports = [parts.report, schedules.report, backups.report];
  const rotateKey = (link: Link) => {
    proposer.propose(link).catch((error) => onProblem("a new device key could not be agreed on yet", error));
  };

  let installed: Proof["browser"] = null;
  const browser = () =>
    worker.browserVersion === undefined ? installed : { name: installed?.name ?? "Chromium", version: worker.browserVersion };
  const keys = new DeviceKeys(home, identity);
  const proposer = new KeyProposer(keys, pairing.runnerId);
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
          logLines.flush();
          const lines = await logs.read(runId, after);
          if (lines) return { v: 1, ok: true, ...lines };
          return manager.isActive(runId) ? { v: 1, ok: true, lines: [], more: false } : { v: 1, ok: false, code: "ARTIFACT_GONE" };
        },
        readConsole: async (runId, after) => ({ v: 1, ok: true, ...(await logs.readConsole(runId, after)) }),
        takeHoldInput: (runId, text, signature) => holds.take(runId, text, signature),
        rotateKey: () => rotateKey(link),
        sendArtifact: (wish) => sendArtifact(wish, { artifacts, serverUrl: pairing.serverUrl, onProblem }),
      });
      live.attach(link);
      outbox.attach(link, welcome.eventWindow);
      // one that an earlier connection proposed: whether the server took it is not known
      if (keys.isProposing) rotateKey(link);
      policy.attach(link, welcome);
      for (const report of reports) report.attach(link);
    },
    onDisconnected() {
      outbox.detach();
      policy.detach();
      for (const report of reports) report.detach();
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

  manager
    .begin()
    .then(() => schedules.begin())
    .catch((error) => onProblem("the journal's runs could not be carried on", error));
  const page = openLocalPage(options.localPort, (port) => policy.keepFrom(port), {
    home,
    about: { name: pairing.name, serverUrl: pairing.serverUrl, version: runnerVersion, startedAt: Date.now() },
    connection: () => history.current,
    fingerprint: () => keys.fingerprint,
    journal,
    policy,
    log,
    artifactsMaxBytes: maxBytes,
    artifactsMaxAgeMs: options.artifactsMaxAgeMs,
    cancelRun: (runId) => manager.endHere(runId, "CANCELLED_ON_DEVICE"),
    ...{ connections, backups, approvals, hints },
    onProblem,
  });
  const pruning = keepPruned({ home, journal, policy, signing, profiles, artifacts, onProblem });

  function finish(status: ConnectionStatus): Promise<void> {
    finishing ??= (async () => {
      pruning.stop();
      await Promise.all([manager.stop(), connections.stop()]);
      await outbox.drained(farewellMs);
      await connection?.sayGoodbye();
      connection?.stop();
      log.add("info", "Stopped.");
      await page?.close(statusLine(status) ?? "The runner has stopped.");
      policy.close();
      parts.report.detach();
      await backups.stop();
      schedules.stop();
      signing.close();
      writer.close();
      logLines.flush();
      journal.close();
      lock.release();
      tellEnded(status);
    })();
    return finishing;
  }
  return { ended, stop: () => finish({ state: "stopped" }) };
}
