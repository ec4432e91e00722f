// The floor: a socket.io server with the relay's options that knows nothing of runners, and one row in PostgreSQL for each message.
import { randomUUID } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { MAX_PAYLOAD_BYTES, RUNNER_NAMESPACE } from "@deskhand/shared/protocol/version";
import pg from "pg";
import { Server } from "socket.io";
import { answerParent, memory, told } from "./answer-parent.ts";
import { keepUnderWay } from "./round-trips.ts";

const pool = new pg.Pool({ connectionString: told.databaseUrl, max: 10 });
const httpServer = createServer();
const io = new Server(httpServer, {
  transports: ["websocket"],
  serveClient: false,
  maxHttpBufferSize: MAX_PAYLOAD_BYTES,
  perMessageDeflate: false,
});
const namespace = io.of(RUNNER_NAMESPACE);
await new Promise<void>((resolve) => httpServer.listen(Number(told.port ?? 0), "127.0.0.1", resolve));

/** A command as the relay sends it, and as large. */
const command = () => ({
  v: 1,
  id: randomUUID(),
  leaseToken: randomUUID(),
  leaseMs: 30_000,
  startWithinMs: 60_000,
  kind: "profile.delete",
  payload: { profileId: randomUUID(), requestedBy: { userId: null } },
});

answerParent({
  port: () => (httpServer.address() as AddressInfo).port,
  memory,
  connected: () => namespace.sockets.size,
  async prepare() {
    await pool.query("create table if not exists bench_floor (id uuid primary key, kind text, payload jsonb, at timestamptz)");
  },
  roundTrips({ seconds, atOnce }: { seconds: number; atOnce: number }) {
    const sockets = [...namespace.sockets.values()];
    return keepUnderWay(seconds, atOnce, async (n) => {
      const message = command();
      await sockets[n % sockets.length]?.emitWithAck("command", message);
      await pool.query("insert into bench_floor (id, kind, payload, at) values ($1, $2, $3, now())", [
        message.id,
        message.kind,
        JSON.stringify(message.payload),
      ]);
    });
  },
});
