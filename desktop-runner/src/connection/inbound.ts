import { type Command, type CommandAnswer, cancel, command, type Receipt } from "@deskhand/shared/protocol/commands";
import type { HoldAnswer } from "@deskhand/shared/protocol/hold";
import { rotateKey } from "@deskhand/shared/protocol/key-rotation";
import { type ArtifactRequest, artifactRequest, live, type logAnswer, logRequest } from "@deskhand/shared/protocol/live";
import { tighten } from "@deskhand/shared/protocol/policy";
import { signers } from "@deskhand/shared/protocol/signers";
import { id } from "@deskhand/shared/schemas/common";
import * as z from "zod";
import type { Link } from "./link.ts";

export type LogAnswer = z.infer<typeof logAnswer>;

/** What the server may ask of a runner, once its words have been understood. */
export type InboundWork = {
  /** Answers only after the command is in the journal. */
  accept(command: Command): CommandAnswer;
  cancel(commandIds: string[]): void;
  setLive(runId: string, on: boolean): void;
  readLog(runId: string, after: number): Promise<LogAnswer>;
  /** What its pages wrote to their console. */
  readConsole(runId: string, after: number): Promise<LogAnswer>;
  sendArtifact(request: ArtifactRequest): Promise<Receipt>;
  /** What somebody does who has a run's page. */
  takeHoldInput(runId: string, text: string, signature: string | undefined): Promise<HoldAnswer>;
  /** The device key is due for a new one. */
  rotateKey(): void;
  /** Read where the policy is: what cannot be understood must not pass for "nothing to refuse". */
  tighten(raw: unknown): void;
  /** Who would like to sign; read where the keys are. */
  takeWishes(raw: unknown): void;
};

const nobody = "00000000-0000-0000-0000-000000000000";
const readsLease = z.object({ leaseToken: id });

/** Answers the server on this connection. What cannot be read is answered MESSAGE_INVALID where an answer is expected. */
export function answerServer(link: Link, work: InboundWork): void {
  link.on("command", (raw) => {
    const message = command.safeParse(raw);
    if (message.success) return work.accept(message.data);
    const lease = readsLease.safeParse(raw);
    return { v: 1, status: "refused", leaseToken: lease.success ? lease.data.leaseToken : nobody, code: "MESSAGE_INVALID" };
  });
  link.on("cancel", (raw) => {
    const message = cancel.safeParse(raw);
    if (message.success) work.cancel(message.data.commandIds);
  });
  link.on("live", (raw) => {
    const message = live.safeParse(raw);
    if (message.success) work.setLive(message.data.runId, message.data.on);
  });
  link.on("rotate-key", (raw) => {
    if (rotateKey.safeParse(raw).success) work.rotateKey();
  });
  link.on("tighten", (raw) => {
    const message = tighten.safeParse(raw);
    if (message.success) work.tighten(message.data.tightening);
  });
  link.on("signers", (raw) => {
    const message = signers.safeParse(raw);
    if (message.success) work.takeWishes(message.data.wishes);
  });
  link.on("log-request", (raw) => {
    const message = logRequest.safeParse(raw);
    return message.success ? work.readLog(message.data.runId, message.data.after) : invalid;
  });
  link.on("console-request", (raw) => {
    const message = logRequest.safeParse(raw);
    return message.success ? work.readConsole(message.data.runId, message.data.after) : invalid;
  });
  link.on("hold-input", async (raw) => {
    const { holdMessage } = await import("@deskhand/shared/protocol/hold");
    const message = holdMessage.safeParse(raw);
    return message.success ? work.takeHoldInput(message.data.runId, message.data.text, message.data.signature) : invalid;
  });
  link.on("artifact-request", (raw) => {
    const message = artifactRequest.safeParse(raw);
    return message.success ? work.sendArtifact(message.data) : invalid;
  });
}

const invalid = { v: 1, ok: false, code: "MESSAGE_INVALID" } as const satisfies Receipt;
