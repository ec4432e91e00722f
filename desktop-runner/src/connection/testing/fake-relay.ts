import { createPublicKey, randomBytes, randomUUID, verify } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { ErrorCode } from "@deskhand/shared/error-codes";
import { type BackupFacts, backupReport } from "@deskhand/shared/protocol/backup-report";
import { type Command, type CommandAnswer, commandAnswer, commandFinished, heartbeat } from "@deskhand/shared/protocol/commands";
import { proof, proofText, runnerAuth } from "@deskhand/shared/protocol/handshake";
import { type PolicyReport, policyReport } from "@deskhand/shared/protocol/policy";
import { type ProfileFacts, profileReport } from "@deskhand/shared/protocol/profile-report";
import { type RunEvent, type RunEventsAnswer, runEvents } from "@deskhand/shared/protocol/run-events";
import { RUNNER_NAMESPACE } from "@deskhand/shared/protocol/version";
import { Server, type Socket } from "socket.io";

type Seen = {
  heartbeats: { commandId: string; leaseToken: string }[][];
  outcomes: { commandId: string; state: string }[];
  frames: number;
  /** What was told last of each profile. */
  profiles: Map<string, ProfileFacts>;
  backups: BackupFacts[];
};

/** A relay that speaks the protocol over real sockets, keeps what it is told in memory, and can be told to misbehave. */
export class FakeRelay {
  readonly runs = new Map<string, RunEvent[]>();
  readonly seen: Seen = { heartbeats: [], outcomes: [], frames: 0, profiles: new Map(), backups: [] };
  readonly uploads: { path: string; authorization: string | undefined; body: Buffer }[] = [];
  readonly proofs: { joinId: string | null; nextJoinId: string }[] = [];
  readonly sockets = new Set<Socket>();
  cancels: string[] = [];
  handshake: "welcome" | "pending" | "silent" | "lost-welcome" | { refuse: ErrorCode; final: boolean } = "welcome";
  /** Answers instead of the store; undefined: the store answers. `null`: no answer at all. */
  interceptEvents: ((firstSeq: number, events: RunEvent[]) => RunEventsAnswer | null | undefined) | undefined;
  /** What the project asks to refuse; a server without it is an older one. */
  tightening: unknown;
  readonly reports: PolicyReport[] = [];
  publicKey = "";
  heartbeatMs = 50;
  accepted = 0;
  readonly #http = createServer((request, response) => this.#upload(request).then(() => response.writeHead(204).end()));
  readonly #io = new Server(this.#http, { transports: ["websocket"], serveClient: false });

  async listen(port = 0): Promise<void> {
    this.#io.of(RUNNER_NAMESPACE).on("connection", (socket) => void this.#greet(socket));
    this.#http.listen(port, "127.0.0.1");
    await once(this.#http, "listening");
  }

  get port(): number {
    return (this.#http.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The connection that a runner was welcomed on last. */
  get socket(): Socket {
    const socket = [...this.sockets].at(-1);
    if (!socket) throw new Error("no runner is connected");
    return socket;
  }

  async deliver(command: Command | object): Promise<CommandAnswer> {
    return commandAnswer.parse(await this.socket.timeout(5_000).emitWithAck("command", command));
  }

  ask(name: string, message: object): Promise<unknown> {
    return this.socket.timeout(5_000).emitWithAck(name, message);
  }

  sayToAll(name: string, message: object): void {
    this.#io.of(RUNNER_NAMESPACE).emit(name, message);
  }

  async close(): Promise<void> {
    await this.#io.close();
  }

  async #greet(socket: Socket): Promise<void> {
    const { runnerId } = runnerAuth.parse(socket.handshake.auth);
    if (this.handshake === "silent") return;
    if (typeof this.handshake === "object") {
      socket.emit("refused", { v: 1, code: this.handshake.refuse, final: this.handshake.final });
      return void socket.disconnect(true);
    }
    const nonce = randomBytes(32).toString("base64");
    const answer: unknown = await socket
      .timeout(5_000)
      .emitWithAck("challenge", { v: 1, nonce })
      .catch(() => undefined);
    // a runner that was stopped while it connected; one that should have proven itself is missed by its test
    if (answer === undefined) return;
    const given = proof.parse(answer);
    this.proofs.push({ joinId: given.joinId, nextJoinId: given.nextJoinId });
    const key = createPublicKey({ key: Buffer.from(this.publicKey, "base64"), format: "der", type: "spki" });
    const signed = verify(null, Buffer.from(proofText(runnerId, nonce, given)), key, Buffer.from(given.signature, "base64"));
    if (!signed) return void socket.emit("refused", { v: 1, code: "SIGNATURE_INVALID", final: true });
    if (this.handshake === "lost-welcome") return void socket.conn.close();
    if (this.handshake === "pending") return void socket.emit("waiting", { v: 1, status: "pending", fingerprint: "ABCD" });
    this.welcome(socket);
  }

  welcome(socket: Socket): void {
    this.#listenTo(socket);
    this.sockets.add(socket);
    this.accepted++;
    socket.on("disconnect", () => this.sockets.delete(socket));
    const limits = { maxPayloadBytes: 4_194_304, eventWindow: 3, commandWindow: 64, heartbeatMs: this.heartbeatMs, leaseMs: 30_000 };
    socket.emit("welcome", { v: 1, protocol: 1, ...limits, clock: Date.now(), tightening: this.tightening });
  }

  #listenTo(socket: Socket): void {
    socket.on("heartbeat", (raw, answer) => {
      this.seen.heartbeats.push(heartbeat.parse(raw).holding);
      answer({ v: 1, clock: Date.now(), cancel: this.cancels });
    });
    socket.on("run-events", (raw, answer) => {
      const message = runEvents.parse(raw);
      const intercepted = this.interceptEvents?.(message.firstSeq, message.events);
      if (intercepted !== undefined) return intercepted === null ? undefined : answer(intercepted);
      const stored = this.runs.get(message.runId) ?? [];
      this.runs.set(message.runId, stored);
      if (message.firstSeq <= stored.length + 1) stored.push(...message.events.slice(stored.length + 1 - message.firstSeq));
      answer({ v: 1, ok: true, ackedSeq: stored.length });
    });
    socket.on("profile-report", (raw, answer) => {
      for (const { profileId, facts } of profileReport.parse(raw).profiles) {
        this.seen.profiles.set(profileId, facts);
      }
      answer({ v: 1, ok: true });
    });
    socket.on("backup-report", (raw, answer) => {
      const { backup } = backupReport.parse(raw);
      if (backup) this.seen.backups.push(backup);
      answer({ v: 1, ok: true });
    });
    socket.on("policy-report", (raw, answer) => {
      this.reports.push(policyReport.parse(raw));
      answer({ v: 1, ok: true, tightening: this.tightening });
    });
    socket.on("command-finished", (raw, answer) => {
      this.seen.outcomes.push(commandFinished.parse(raw));
      answer({ v: 1, ok: true });
    });
    // not now: the runner keeps the key that it has
    socket.on("key-rotation", (_raw, answer) => answer({ v: 1, ok: false, code: "DATABASE_UNAVAILABLE" }));
    socket.on("frame", (_raw, answer) => {
      this.seen.frames++;
      answer({ v: 1, ok: true });
    });
  }

  async #upload(request: IncomingMessage): Promise<void> {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    this.uploads.push({ path: request.url ?? "", authorization: request.headers.authorization, body: Buffer.concat(parts) });
  }
}

export function runStart(overrides: { runId?: string; profileId?: string; title?: string; startWithinMs?: number; userId?: string } = {}) {
  return {
    v: 1,
    id: randomUUID(),
    leaseToken: randomUUID(),
    leaseMs: 30_000,
    startWithinMs: overrides.startWithinMs ?? 60_000,
    kind: "run.start",
    payload: {
      ...(overrides.userId === undefined ? {} : { requestedBy: { userId: overrides.userId } }),
      runId: overrides.runId ?? randomUUID(),
      profileId: overrides.profileId ?? randomUUID(),
      workflowVersionId: randomUUID(),
      recording: { title: overrides.title ?? "quick", steps: [] } as Record<string, unknown>,
      inputs: {} as Record<string, string | { sealed: string }>,
    },
  } satisfies Command;
}
