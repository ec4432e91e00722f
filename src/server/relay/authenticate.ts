import { randomBytes } from "node:crypto";
import type { ErrorCode } from "@deskhand/shared/error-codes";
import { type Proof, proof as proofMessage, runnerAuth } from "@deskhand/shared/protocol/handshake";
import { PROTOCOL_MIN, PROTOCOL_VERSION } from "@deskhand/shared/protocol/version";
import type { Socket } from "socket.io";
import { type Connected, connectRunner } from "@/server/domain/runner/connect-runner";
import { AppError, toAppError } from "@/server/errors";
import type { Cluster } from "./cluster.ts";
import { answersPing, type Connections } from "./connections.ts";
import { ask } from "./messages.ts";
import { contextFor, type RelayParts } from "./parts.ts";
import { isRivalElsewhere } from "./reach-runner.ts";

/** A runner that has proven its key on this socket. Whether it may work here is asked with `admit`, again when its status changes. */
export type ProvenRunner = {
  runnerId: string;
  instanceId: string;
  clockOffsetMs: number;
  admit(): Promise<Connected>;
};

/** Refusals that pass by themselves. After any other the runner stops and tells its owner what to do. */
const passing: readonly ErrorCode[] = ["DATABASE_UNAVAILABLE", "RUNNER_TIMEOUT", "RUNNER_OFFLINE", "RATE_LIMITED", "INTERNAL"];

/**
 * Has a runner that opened a socket prove its device key. The nonce is new for each socket, so a proof that was overheard is worthless.
 * @throws AppError MESSAGE_INVALID, PROTOCOL_UNSUPPORTED, RUNNER_TIMEOUT, RUNNER_OFFLINE
 */
export async function challengeRunner(
  parts: RelayParts,
  connections: Connections,
  cluster: Cluster | undefined,
  socket: Socket,
  connectionId: string,
): Promise<ProvenRunner> {
  const auth = runnerAuth.safeParse(socket.handshake.auth);
  if (!auth.success) throw new AppError("MESSAGE_INVALID");
  const { runnerId, protocol } = auth.data;
  if (protocol.max < PROTOCOL_MIN || protocol.min > PROTOCOL_VERSION) throw new AppError("PROTOCOL_UNSUPPORTED");
  const nonce = randomBytes(32).toString("base64");
  const proof: Proof = await ask(socket, "challenge", { v: 1, nonce }, proofMessage, parts.limits.proofMs);
  const clockOffsetMs = parts.clock.now().getTime() - proof.clock;
  const { instanceId } = proof;

  const rivalAnswers = async () => {
    const other = connections.get(runnerId);
    if (other) return other.instanceId !== instanceId && answersPing(other.socket, parts.limits.rivalMs);
    return cluster !== undefined && isRivalElsewhere(parts, cluster, { runnerId, instanceId });
  };
  const presenterAnswers = () => answersPing(socket, parts.limits.rivalMs);
  const presented = { runnerId, nonce, proof, connectionId, rivalAnswers, presenterAnswers };
  return {
    runnerId,
    instanceId,
    clockOffsetMs,
    admit: () => connectRunner(contextFor(parts, { kind: "system" }), presented),
  };
}

/** Ends a connection with a reason. */
export function refuse(socket: Socket, error: unknown): ErrorCode {
  const { code } = error instanceof AppError ? error : toAppError(error);
  socket.emit("refused", { v: 1, code, final: !passing.includes(code) });
  socket.disconnect(true);
  return code;
}
