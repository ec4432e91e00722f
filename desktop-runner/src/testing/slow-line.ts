import { connect, createServer, type Socket } from "node:net";

export type SlowLine = { port: number; close(): Promise<void> };

/** A line on loopback to another port of it: all arrives, so many milliseconds later, in both directions. */
export async function startSlowLine(to: number, delayMs: number): Promise<SlowLine> {
  const sockets = new Set<Socket>();
  const later = (act: () => void) => void setTimeout(act, delayMs).unref();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (client) => {
    const onward = connect({ host: "127.0.0.1", port: to, noDelay: true, allowHalfOpen: true });
    for (const [from, into] of [
      [client, onward],
      [onward, client],
    ] as const) {
      sockets.add(from);
      from.on("data", (piece) => later(() => into.writable && into.write(piece)));
      // what is under way arrives before the end does
      from.on("end", () => later(() => into.end()));
      from.on("error", () => into.destroy());
      from.once("close", () => sockets.delete(from));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    port: (server.address() as { port: number }).port,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
