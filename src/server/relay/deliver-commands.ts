import { type Command, commandAnswer } from "@deskhand/shared/protocol/commands";
import { acceptCommand } from "@/server/domain/command/accept-command";
import { leaseCommands } from "@/server/domain/command/lease-commands";
import { nearbyRunners } from "@/server/domain/command/nearby-runners";
import { refuseCommand } from "@/server/domain/command/refuse-command";
import { toAppError } from "@/server/errors";
import { metrics } from "@/server/metrics";
import type { Connection } from "./connections.ts";
import { ask } from "./messages.ts";
import { contextFor, type RelayParts } from "./parts.ts";

/**
 * `again`: see `leaseCommands`; the first look on a connection is always so. `freed`: a command is over, which is a reason to look only where the window may have
 * been full. `deliveryId`: see `nearbyRunners`.
 */
type DeliverOptions = { again?: boolean; freed?: boolean; deliveryId?: string | undefined };

/** Looks for commands that wait for a runner and sends them. */
export type Deliver = (connection: Connection, options?: DeliverOptions) => void;

/**
 * Calls that come while a look is under way are folded into one more look. Nothing is remembered besides: what is not sent now is
 * found again at the next hint or poll.
 */
export function createDelivery(parts: RelayParts, track: (work: Promise<unknown>) => void): Deliver {
  const looking = new WeakMap<Connection, { again: boolean } | undefined>();
  const busy = new WeakSet<Connection>();
  // whose window had room for all that waited at the last look; what came after that has a hint of its own
  const roomy = new WeakSet<Connection>();
  const looked = new WeakSet<Connection>();
  const nearby = nearbyRunners(parts.db);

  async function look(connection: Connection, asked: boolean): Promise<void> {
    const { runnerId, connectionId, socket } = connection;
    const { commandWindow: window, leaseMs } = parts.limits;
    const again = asked || !looked.has(connection);
    const { messages, isFull } = await leaseCommands(contextFor(parts, { kind: "system" }), {
      runnerId,
      connectionId,
      again,
      window,
      leaseMs,
    });
    if (isFull === true) roomy.delete(connection);
    else if (isFull === false) roomy.add(connection);
    const early = messages.length === 0 ? [] : await nearby.fetchStored(runnerId, connectionId, storedIn(parts));
    const found = new Set(messages.map(({ id }) => id));
    sendAll(connection, [...early.filter(({ id }) => !found.has(id)), ...messages]);
    looked.add(connection);
    // not before: what is leased as it is queued would be found by that first look as well, and sent twice
    if (socket.connected) nearby.put(runnerId, { connectionId, window, leaseMs });
  }

  function sendAll(connection: Connection, messages: Command[]): void {
    for (const command of messages) if (connection.socket.connected) track(send(parts, connection, command));
  }

  /** What this process leased when it queued it; what another one did is as good as lost, and leased again. */
  async function handOver(connection: Connection, deliveryId: string): Promise<void> {
    const { runnerId, connectionId } = connection;
    const fetched = await nearby.fetch(deliveryId, runnerId, connectionId);
    sendAll(connection, fetched?.messages ?? []);
    if (fetched?.isAll) roomy.add(connection);
    else deliver(connection, { again: !fetched });
  }

  function deliver(connection: Connection, { again = false, freed = false, deliveryId }: DeliverOptions = {}): void {
    if (deliveryId) {
      track(handOver(connection, deliveryId).catch(() => deliver(connection)));
      return;
    }
    if (freed && roomy.has(connection)) return;
    if (busy.has(connection)) {
      looking.set(connection, { again: again || (looking.get(connection)?.again ?? false) });
      return;
    }
    busy.add(connection);
    const work = look(connection, again)
      .catch((error: unknown) => logFailure(parts, connection, error, "commands could not be read; the next look tries again"))
      .finally(() => {
        busy.delete(connection);
        const wanted = looking.get(connection);
        looking.delete(connection);
        if (wanted && connection.socket.connected) deliver(connection, wanted);
      });
    track(work);
  }
  return deliver;
}

/** Those of the commands whose transactions have been committed. */
const storedIn = (parts: RelayParts) => async (ids: string[]) => {
  const rows = await parts.db.command.findMany({ where: { id: { in: ids } }, select: { id: true } });
  return new Set(rows.map(({ id }) => id));
};

async function send(parts: RelayParts, connection: Connection, command: Command): Promise<void> {
  const { runnerId, projectId, socket } = connection;
  const ctx = contextFor(parts, { kind: "runner", runnerId, projectId });
  const sentAt = performance.now();
  try {
    const answer = await ask(socket, "command", command, commandAnswer, parts.limits.answerMs);
    metrics().commandAcceptSeconds.observe((performance.now() - sentAt) / 1000);
    const delivery = { runnerId, commandId: command.id, leaseToken: answer.leaseToken };
    if (answer.status === "refused") {
      await refuseCommand(ctx, { ...delivery, code: answer.code });
      return;
    }
    const { cancelRequested } = await acceptCommand(ctx, { ...delivery, leaseMs: parts.limits.leaseMs });
    if (cancelRequested) socket.emit("cancel", { v: 1, commandIds: [command.id] });
  } catch (error) {
    // the answer is lost, not the command: it is sent again when its lease ends, or accepted by the heartbeat that names it
    logFailure(parts, connection, error, "the answer to a command was lost", command.id);
  }
}

function logFailure(parts: RelayParts, { runnerId }: Connection, error: unknown, words: string, commandId?: string): void {
  const { code, cause } = toAppError(error);
  parts.logger[code === "INTERNAL" ? "error" : "debug"]({ runnerId, commandId, reason: code, err: cause }, words);
}
