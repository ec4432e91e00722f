import type { BackupReport } from "./backup-report.ts";
import type { Command, CommandAnswer, CommandFinished, Heartbeat, HeartbeatAnswer, Receipt } from "./commands.ts";
import type { FiringReport } from "./firings.ts";
import type { Challenge, Goodbye, Proof, Refused, Waiting, Welcome } from "./handshake.ts";
import type { HoldAnswer, HoldMessage, HoldNews } from "./hold.ts";
import type { KeyRotation } from "./key-rotation.ts";
import type { ArtifactRequest, Frame } from "./live.ts";
import type { PolicyReport } from "./policy.ts";
import type { ProfileReport } from "./profile-report.ts";
import type { Recorded } from "./recorded.ts";
import type { RunEvents, RunEventsAnswer } from "./run-events.ts";
import type { TrialNews } from "./trial.ts";

type Answer<T> = (answer: T) => void;

/** The names on the wire, server to runner. Everything is parsed on receipt: these types help to write it, they are not trusted. */
export type ServerToRunner = {
  challenge: (message: Challenge, answer: Answer<Proof>) => void;
  welcome: (message: Welcome) => void;
  waiting: (message: Waiting) => void;
  refused: (message: Refused) => void;
  /** The instance stops: open a new connection, then leave this one. */
  drain: () => void;
  "rotate-key": (message: { v: 1 }) => void;
  command: (message: Command, answer: Answer<CommandAnswer>) => void;
  cancel: (message: { v: 1; commandIds: string[] }) => void;
  live: (message: { v: 1; runId: string; on: boolean }) => void;
  /** The project changed what it asks the runner to refuse. */
  tighten: (message: { v: 1; tightening: unknown }) => void;
  /** Somebody asks to sign for the runner, or a key was revoked. */
  signers: (message: { v: 1; wishes: unknown }) => void;
  "log-request": (message: { v: 1; runId: string; after: number }, answer: Answer<unknown>) => void;
  "console-request": (message: { v: 1; runId: string; after: number }, answer: Answer<unknown>) => void;
  "hold-input": (message: HoldMessage, answer: Answer<HoldAnswer>) => void;
  "artifact-request": (message: ArtifactRequest, answer: Answer<Receipt>) => void;
};

/** The names on the wire, runner to server. */
export type RunnerToServer = {
  heartbeat: (message: Heartbeat, answer: Answer<HeartbeatAnswer>) => void;
  "run-events": (message: RunEvents, answer: Answer<RunEventsAnswer>) => void;
  "command-finished": (message: CommandFinished, answer: Answer<Receipt>) => void;
  "key-rotation": (message: KeyRotation, answer: Answer<Receipt>) => void;
  "policy-report": (message: PolicyReport, answer: Answer<unknown>) => void;
  "backup-report": (message: BackupReport, answer: Answer<Receipt>) => void;
  "profile-report": (message: ProfileReport, answer: Answer<Receipt>) => void;
  "firing-report": (message: FiringReport, answer: Answer<Receipt>) => void;
  /** It stops on purpose. */
  goodbye: (message: Goodbye, answer: Answer<Receipt>) => void;
  frame: (message: Frame, answer: Answer<Receipt>) => void;
  "hold-news": (message: HoldNews) => void;
  recorded: (message: Recorded) => void;
  trial: (message: TrialNews) => void;
  "live-log": (message: { v: 1; runId: string; lines: unknown[] }) => void;
  "live-console": (message: { v: 1; runId: string; lines: unknown[] }) => void;
};
