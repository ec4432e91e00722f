import { EventEmitter } from "node:events";
import { changeTopic } from "@deskhand/shared/schemas/change";
import { id } from "@deskhand/shared/schemas/common";
import pg from "pg";
import * as z from "zod";
import type { Tx } from "@/server/db";
import type { Logger } from "@/server/logger";

/**
 * Hints between processes over PostgreSQL's LISTEN/NOTIFY, sent in the transaction that made them true. A hint may be lost:
 * whoever hears one reads the tables again, and everybody reads again after `resync` and on a timer.
 */
const signal = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("change"), projectId: id, topic: changeTopic, id }),
  /** Commands wait for this runner. `deliveryId`: the process that queued them has leased some of them, and has their messages. */
  z.object({ kind: z.literal("commands"), runnerId: id, deliveryId: id.optional() }),
  /** Cancels were asked of this runner. */
  z.object({ kind: z.literal("cancels"), runnerId: id }),
  /** A new device key was asked of this runner. */
  z.object({ kind: z.literal("runner-key"), runnerId: id }),
  /** The project changed what it asks the runner to refuse. */
  z.object({ kind: z.literal("runner-policy"), runnerId: id }),
  /** Somebody asks to sign for this runner, or a key was revoked. */
  z.object({ kind: z.literal("runner-signers"), runnerId: id }),
  /** There may be alerts to raise or deliveries to send. */
  z.object({ kind: z.literal("alerts") }),
  /** The runner was accepted, rejected, revoked or locked. */
  z.object({ kind: z.literal("runner-status"), runnerId: id }),
]);
export type Signal = z.infer<typeof signal>;

const CHANNEL = "deskhand";

/** SQL that sends the signals in a JSON array of their texts, for statements that do other things besides. */
export const notifySql = (parameter: string) =>
  `(select count(*) from (select pg_notify('${CHANNEL}', payload) from jsonb_array_elements_text(${parameter}::jsonb) as payload) as told)`;

/** The signals as {@link notifySql} takes them, each once. */
export const signalTexts = (signals: Signal[]) => JSON.stringify([...new Set(signals.map((signal) => JSON.stringify(signal)))]);

/** Sends hints when `tx` commits; nothing when it rolls back. */
export async function sendSignals(tx: Tx, signals: Signal[]): Promise<void> {
  if (signals.length === 0) return;
  // one round trip for all; NOTIFY folds equal payloads of one transaction into one
  await tx.$executeRaw`select pg_notify(${CHANNEL}, payload) from unnest(${signals.map((s) => JSON.stringify(s))}::text[]) as payload`;
}

type SignalEvents = { signal: [Signal]; resync: [] };

export type SignalFeed = EventEmitter<SignalEvents> & { close(): Promise<void> };

/** Listens on a connection of its own and connects again by itself (250 ms doubling to 5 s); `resync` follows each connection. */
export function createSignalFeed(databaseUrl: string, logger: Logger): SignalFeed {
  const emitter = new EventEmitter<SignalEvents>();
  emitter.setMaxListeners(0);
  let client: pg.Client | undefined;
  let timer: NodeJS.Timeout | undefined;
  let closed = false;
  let delayMs = 250;

  async function connect() {
    const next = new pg.Client({ connectionString: databaseUrl, keepAlive: true, connectionTimeoutMillis: 5_000 });
    let lost = false;
    const onLost = () => {
      if (lost || closed) return;
      lost = true;
      logger.warn("the signal feed lost the database; connecting again");
      next.end().catch(() => {});
      schedule();
    };
    next.on("error", onLost);
    next.on("end", onLost);
    next.on("notification", (message) => {
      const parsed = signal.safeParse(safeJson(message.payload));
      if (parsed.success) emitter.emit("signal", parsed.data);
    });
    try {
      await next.connect();
      await next.query(`listen ${CHANNEL}`);
      if (closed) return void (await next.end());
      client = next;
      delayMs = 250;
      emitter.emit("resync");
    } catch {
      onLost();
    }
  }

  function schedule() {
    if (closed) return;
    timer = setTimeout(() => void connect(), delayMs);
    delayMs = Math.min(delayMs * 2, 5_000);
  }

  void connect();
  return Object.assign(emitter, {
    async close() {
      closed = true;
      clearTimeout(timer);
      await client?.end().catch(() => {});
    },
  });
}

function safeJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
