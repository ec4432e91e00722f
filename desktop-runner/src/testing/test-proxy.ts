import { connect, createServer, type Socket } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { ProxyScheme } from "@deskhand/shared/schemas/proxy";
import type { Hop } from "../policy/upstream/hop.ts";

export type TestProxy = {
  hop: Hop;
  /** Where it was asked to connect to, "host:port" each, in their order. */
  asked: string[];
  /** From now on it takes connections and says nothing. */
  silence(): void;
  /** Its process is gone: what is open breaks, nothing new is taken. */
  die(): Promise<void>;
};

type Options = {
  scheme: ProxyScheme;
  /** Without, it lets everybody. */
  username?: string;
  password?: string;
  tls?: { key: string; cert: string };
  /** What it answers instead of connecting on: an HTTP status, or a SOCKS reply. */
  refuseWith?: number;
};

/** A proxy on loopback that takes every name for this computer, as a proxy that looks names up itself. */
export async function startTestProxy({ scheme, username, password, tls, refuseWith }: Options): Promise<TestProxy> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let silent = false;
  const serve = (client: Socket) => {
    sockets.add(client);
    client.once("close", () => sockets.delete(client));
    client.on("error", () => client.destroy());
    if (silent) return;
    const read = reader(client);
    const pass = (host: string, port: number, answer: Buffer) => {
      asked.push(`${host}:${port}`);
      const onward = connect(port, "127.0.0.1", () => {
        client.write(answer);
        client.pipe(onward).pipe(client);
      });
      sockets.add(onward);
      onward.on("error", () => client.destroy());
      onward.once("close", () => client.destroy());
    };
    const work = scheme === "socks5" ? serveSocks5 : scheme === "socks4" ? serveSocks4 : serveHttp;
    work(client, read, pass, { username, password, refuseWith }).catch(() => client.destroy());
  };
  const server = tls ? createTlsServer(tls, serve) : createServer(serve);
  server.on("tlsClientError", () => {});
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as { port: number };
  return {
    asked,
    hop: {
      id: crypto.randomUUID(),
      scheme,
      host: tls ? "localhost" : "127.0.0.1",
      port,
      username: username ?? null,
      password: password ?? null,
    },
    silence: () => {
      silent = true;
    },
    die: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

type Read = (length: number | "\r\n\r\n" | 0) => Promise<Buffer>;
type Pass = (host: string, port: number, answer: Buffer) => void;
type Rules = Pick<Options, "username" | "password" | "refuseWith">;

async function serveHttp(client: Socket, read: Read, pass: Pass, { username, password, refuseWith }: Rules): Promise<void> {
  const head = (await read("\r\n\r\n")).toString("latin1");
  const wanted = `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
  if (username !== undefined && !head.includes(`Proxy-Authorization: ${wanted}\r\n`)) {
    return void client.end("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic\r\n\r\n");
  }
  if (refuseWith) return void client.end(`HTTP/1.1 ${refuseWith} No\r\n\r\n`);
  const [, host = "", port = ""] = /^CONNECT \[?([^\]\s]+?)\]?:(\d+) /.exec(head) ?? [];
  pass(host, Number(port), Buffer.from("HTTP/1.1 200 Connection established\r\n\r\n"));
}

async function serveSocks5(client: Socket, read: Read, pass: Pass, { username, password, refuseWith }: Rules): Promise<void> {
  const [, count = 0] = await read(2);
  const methods = await read(count);
  const wanted = username === undefined ? 0 : 2;
  if (!methods.includes(wanted)) return void client.end(Buffer.from([5, 0xff]));
  client.write(Buffer.from([5, wanted]));
  if (wanted === 2) {
    const [, userLength = 0] = await read(2);
    const user = (await read(userLength)).toString();
    const [passLength = 0] = await read(1);
    const good = user === username && (await read(passLength)).toString() === password;
    client.write(Buffer.from([1, good ? 0 : 1]));
    if (!good) return void client.end();
  }
  const [, , , kind, size = 0] = await read(5);
  const host = kind === 3 ? (await read(size)).toString() : [size, ...(await read(3))].join(".");
  const port = (await read(2)).readUInt16BE();
  if (refuseWith) return void client.end(Buffer.from([5, refuseWith, 0, 1, 0, 0, 0, 0, 0, 0]));
  pass(host, port, Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]));
}

async function serveSocks4(client: Socket, read: Read, pass: Pass, { username, refuseWith }: Rules): Promise<void> {
  const head = await read(8);
  const user = (await read(0)).toString();
  const named = head[4] === 0 && head[5] === 0 && head[6] === 0;
  const host = named ? (await read(0)).toString() : [...head.subarray(4, 8)].join(".");
  const reply = (code: number) => Buffer.from([0, code, 0, 0, 0, 0, 0, 0]);
  if (username !== undefined && user !== username) return void client.end(reply(93));
  if (refuseWith) return void client.end(reply(refuseWith));
  pass(host, head.readUInt16BE(2), reply(90));
}

/** Reads so many bytes, or up to a mark: the end of an HTTP head, or a zero byte (which is left out). What follows stays in the socket. */
function reader(socket: Socket): Read {
  let bytes = Buffer.alloc(0);
  return async (wanted) => {
    for (;;) {
      const found = typeof wanted === "number" && wanted > 0 ? wanted : wanted === 0 ? bytes.indexOf(0) : bytes.indexOf("\r\n\r\n");
      const length = wanted === "\r\n\r\n" && found >= 0 ? found + 4 : found;
      if (found >= 0 && bytes.length >= length) {
        const taken = bytes.subarray(0, length);
        const rest = bytes.subarray(length + (wanted === 0 ? 1 : 0));
        bytes = Buffer.alloc(0);
        if (rest.length > 0) socket.unshift(rest);
        return taken;
      }
      const chunk = (socket.read() as Buffer | null) ?? (await nextChunk(socket));
      bytes = Buffer.concat([bytes, chunk]);
    }
  };
}

async function nextChunk(socket: Socket): Promise<Buffer> {
  for (;;) {
    await new Promise<void>((resolve, reject) => {
      const over = () => reject(new Error("The client has left."));
      socket.once("readable", resolve).once("end", over).once("close", over);
    });
    const chunk = socket.read() as Buffer | null;
    if (chunk) return chunk;
  }
}
