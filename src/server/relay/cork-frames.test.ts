import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo, Socket as NetSocket } from "node:net";
import { Server } from "socket.io";
import { io as dial } from "socket.io-client";
import { expect, test } from "vitest";
import { corkFrames } from "./cork-frames.ts";

test("frames that are sent in one turn leave together, and arrive in their order", async () => {
  const httpServer = createServer();
  const io = new Server(httpServer, { transports: ["websocket"] });
  corkFrames(io);
  await new Promise<void>((resolve) => httpServer.listen(0, "127.0.0.1", resolve));
  // the one that the upgrade came on is the one below the transport
  const below = once(httpServer, "upgrade");
  const client = dial(`http://127.0.0.1:${(httpServer.address() as AddressInfo).port}`, { transports: ["websocket"] });
  try {
    const [socket] = await once(io, "connection");
    const [, netSocket] = (await below) as [unknown, NetSocket];
    const heard: number[] = [];
    const all = new Promise<void>((resolve) => client.on("last", resolve));
    client.on("count", (n: number) => heard.push(n));
    for (let n = 0; n < 20; n += 1) socket.emit("count", n);
    socket.emit("last");
    expect(netSocket.writableCorked).toBe(1);
    await all;
    expect(heard).toEqual(Array.from({ length: 20 }, (_, n) => n));
    expect(netSocket.writableCorked).toBe(0);
  } finally {
    client.disconnect();
    await io.close();
  }
});
