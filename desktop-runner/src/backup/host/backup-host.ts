import { type ChildProcess, fork } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { BackupFacts } from "@deskhand/shared/protocol/backup-report";
import { RepeatedReport } from "../../connection/repeated-report.ts";
import type { RunnerHome } from "../../identity/home.ts";
import { backupLine } from "../../log/log-lines.ts";
import type { RunnerLog } from "../../log/runner-log.ts";
import type { BackupAction, BackupEnd, BackupMessage, SetUpOrder } from "../process/messages.ts";
import type { BackupProgress } from "../progress.ts";

type Options = {
  home: RunnerHome;
  /** The child's program; the one beside this program when absent. */
  file?: string;
  log: Pick<RunnerLog, "add">;
  onProblem(what: string, error: unknown): void;
  clock?: () => number;
  /** How often it is looked whether one is due, milliseconds. */
  lookEveryMs?: number;
};

/** How long a stopping child may take to let go of its locks, milliseconds. */
const stopGraceMs = 3_000;
/** How long the server may take to store a report, milliseconds. */
const answerMs = 15_000;

/**
 * Begins backups when they are due or somebody asks, each in a child process of its own, and keeps the server told how they stand. A runner
 * without backups holds nothing of it.
 */
export class BackupHost {
  readonly report: RepeatedReport;
  /** Something of {@link current}, {@link last} or the facts is another now. */
  onChange: () => void = () => {};
  /** What is under way, and how far it is once that is known. */
  current: { action: BackupAction; progress: BackupProgress | null } | null = null;
  /** How the last one ended that this process has begun. */
  last: ({ action: BackupAction } & Omit<BackupEnd, "type" | "recoveryKey">) | null = null;
  readonly #options: Options;
  readonly #timer: NodeJS.Timeout;
  #child: ChildProcess | undefined;
  #ended: Promise<string | null> | undefined;
  #told = "";
  #stopped = false;

  constructor(options: Options) {
    this.#options = options;
    this.report = new RepeatedReport({
      tell: async (link) => {
        const facts = await this.facts();
        const text = JSON.stringify(facts);
        // nothing was ever set up: an older server has not to be asked
        if (text === (this.#told || "null")) return false;
        const { receipt } = await import("@deskhand/shared/protocol/commands");
        const answer = await link.request("backup-report", { v: 1, backup: facts }, receipt, answerMs);
        // an older server that takes none: it is told when a newer one is there
        if (!answer.ok && answer.code !== "MESSAGE_INVALID") throw new Error(answer.code);
        this.#told = text;
        return false;
      },
    });
    this.#timer = setInterval(() => void this.look(), options.lookEveryMs ?? 60_000);
    this.#timer.unref();
    void this.look();
  }

  /** Begins one that is due. */
  async look(): Promise<void> {
    try {
      const facts = await this.facts();
      if (JSON.stringify(facts) !== (this.#told || "null")) this.report.changed();
      const now = (this.#options.clock ?? Date.now)();
      if (!this.#stopped && facts && facts.nextAt !== null && facts.nextAt <= now && !facts.running) void this.run("run");
    } catch (error) {
      this.#options.onProblem("the settings of backups cannot be read", error);
    }
  }

  /** Null when none is set up. Throws when the settings are damaged. */
  async facts(): Promise<BackupFacts | null> {
    if (!existsSync(path.join(this.#options.home.backupFolder, "settings.json"))) return null;
    return (await import("./backup-facts.ts")).backupFactsOf(this.#options.home, this.#child !== undefined);
  }

  /** One at a time: who comes while one is under way gets its end. @returns null, or why it failed */
  run(action: BackupAction, signal?: AbortSignal): Promise<string | null> {
    if (this.#stopped) return Promise.resolve("CANCELLED");
    this.#ended ??= this.#begin(action);
    const child = this.#child;
    const end = () => child?.kill("SIGTERM");
    signal?.addEventListener("abort", end, { once: true });
    return this.#ended.finally(() => signal?.removeEventListener("abort", end));
  }

  /** Sets a backup up, in a process that holds what the passphrase needs for no longer than that. */
  async setUp(order: SetUpOrder): Promise<Omit<BackupEnd, "type">> {
    if (this.#stopped || this.#child) return { failureCode: "BACKUP_BUSY_HERE" };
    const end = await this.#start("set-up", order).finally(() => {
      this.#child = undefined;
    });
    this.#tell();
    return end;
  }

  async #begin(action: BackupAction): Promise<string | null> {
    this.current = { action, progress: null };
    const { type: _, ...end } = await this.#start(action).finally(() => {
      this.#ended = undefined;
      this.#child = undefined;
      this.current = null;
    });
    this.last = { action, ...end };
    this.#tell();
    return end.failureCode;
  }

  #tell(): void {
    this.report.changed();
    this.onChange();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#timer);
    this.report.detach();
    const child = this.#child;
    if (!child) return;
    child.kill("SIGTERM");
    const late = setTimeout(() => child.kill("SIGKILL"), stopGraceMs);
    await this.#ended;
    clearTimeout(late);
  }

  #start(action: BackupAction | "set-up", order?: SetUpOrder): Promise<BackupEnd> {
    const { home, file = childFile(), log, onProblem } = this.#options;
    const child = fork(file, [action], {
      execArgv: [],
      // only errors are let through: this process' output may be JSON lines
      stdio: ["ignore", "ignore", "inherit", "ipc"],
      // what makes the idle runner small would make this slow
      env: {
        ...process.env,
        MALLOC_ARENA_MAX: undefined,
        MALLOC_TRIM_THRESHOLD_: undefined,
        MALLOC_TOP_PAD_: undefined,
        DESKHAND_HOME: home.folder,
      },
    });
    this.#child = child;
    if (order) child.send(order, () => {});
    this.#tell();
    return new Promise((resolve) => {
      // one that is killed says nothing
      let told: BackupEnd = { type: "ended", failureCode: "BACKUP_INTERRUPTED" };
      const end = () => {
        if (action !== "set-up") log.add(told.failureCode ? "error" : "info", backupLine(action, told.failureCode));
        resolve(told);
      };
      child.on("message", (message: BackupMessage) => {
        if (message.type === "ended") told = message;
        else if (this.current) {
          this.current.progress = message.progress;
          this.onChange();
        }
      });
      child.once("error", (error) => {
        onProblem("the backup's process could not be reached", error);
        // a program that cannot be started has no exit
        if (child.pid === undefined) end();
      });
      child.once("exit", end);
    });
  }
}

/** From the bundle it is the file beside it; from source it is the child's own entry. */
function childFile(): string {
  const fromSource = import.meta.url.endsWith(".ts");
  return fileURLToPath(new URL(fromSource ? "../process/main.ts" : "./backup.mjs", import.meta.url));
}
