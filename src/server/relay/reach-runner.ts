import type * as z from "zod";
import { isRunnerOnline } from "@/server/domain/runner/queries";
import { AppError } from "@/server/errors";
import type { Cluster } from "./cluster.ts";
import { answersPing, type Connections } from "./connections.ts";
import { ask, askPlainly } from "./messages.ts";
import { contextFor, type RelayParts } from "./parts.ts";

type Request = { event: "log-request" | "console-request" | "artifact-request" | "hold-input"; message: { [key: string]: unknown } };

/** Asks a runner, wherever it is connected. */
export type ReachRunner = <Schema extends z.ZodType>(runnerId: string, request: Request, schema: Schema) => Promise<z.output<Schema>>;

/**
 * A runner that is connected to this process is asked by its socket; one that another process holds, through that process.
 * What is returned throws AppError RUNNER_OFFLINE, RUNNER_TIMEOUT, and MESSAGE_INVALID for an answer that cannot be read.
 */
export function createReach(parts: RelayParts, connections: Connections, cluster: Cluster | undefined): ReachRunner {
  cluster?.answerWith(({ runnerId, event, message }) => {
    const connection = connections.get(runnerId);
    if (!connection) return undefined;
    if (event === "rival") {
      return connection.instanceId === message.instanceId ? Promise.resolve(false) : answersPing(connection.socket, parts.limits.rivalMs);
    }
    return askPlainly(connection.socket, event, message, parts.limits.requestMs);
  });

  return async (runnerId, { event, message }, schema) => {
    const connection = connections.get(runnerId);
    if (connection) return ask(connection.socket, event, message, schema, parts.limits.requestMs);
    if (!cluster || !(await isRunnerOnline(contextFor(parts, { kind: "system" }), runnerId))) throw new AppError("RUNNER_OFFLINE");
    const parsed = schema.safeParse(await cluster.ask({ runnerId, event, message }, parts.limits.requestMs));
    if (!parsed.success) throw new AppError("MESSAGE_INVALID");
    return parsed.data;
  };
}

/** Does another instance of the runner hold a living connection to another process? Without word of any, no. */
export async function isRivalElsewhere(parts: RelayParts, cluster: Cluster, runner: { runnerId: string; instanceId: string }) {
  const { runnerId, instanceId } = runner;
  if (!(await isRunnerOnline(contextFor(parts, { kind: "system" }), runnerId))) return false;
  // the other process waits for the ping as long as we do: a little more for the way
  return cluster.ask({ runnerId, event: "rival", message: { instanceId } }, parts.limits.rivalMs + 500).then(
    (answer) => answer === true,
    () => false,
  );
}
