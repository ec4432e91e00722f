import { isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type Endpoint, type Hop, hopName } from "./hop.ts";
import { ProxyFailure } from "./proxy-failure.ts";

/** No proxy's answer to CONNECT is longer, bytes. */
const longestAnswer = 16_384;

/**
 * Has a proxy, to which the socket leads, connect on to `next`; the socket that comes back leads there. Takes the socket over: it is
 * destroyed when this fails. @throws ProxyFailure
 */
export async function greetProxy(socket: Socket, hop: Hop, next: Endpoint, timeoutMs: number): Promise<Socket> {
  let isLate = false;
  const late = setTimeout(() => {
    isLate = true;
    socket.destroy();
  }, timeoutMs);
  try {
    if (hop.scheme === "socks4" || hop.scheme === "socks5") return await greetSocks(socket, hop, next);
    const line = hop.scheme === "https" ? await encrypt(socket, hop) : socket;
    return await connectOn(line, hop, next);
  } catch (error) {
    socket.destroy();
    throw isLate ? new ProxyFailure("PROXY_TIMEOUT", hopName(hop), hop.id) : asProxyFailure(error, hop);
  } finally {
    clearTimeout(late);
  }
}

/** What Node says of a connection to a proxy, in our words. */
export function asProxyFailure(error: unknown, hop: Hop): ProxyFailure {
  if (error instanceof ProxyFailure) return error;
  const { code = "", message = "" } = error as NodeJS.ErrnoException;
  if (code === "ETIMEDOUT") return new ProxyFailure("PROXY_TIMEOUT", hopName(hop), hop.id);
  const words: Record<string, string> = {
    ECONNREFUSED: "refused the connection",
    ECONNRESET: "broke the connection off",
    EPIPE: "broke the connection off",
    ENOTFOUND: "was not found",
    EAI_AGAIN: "could not be looked up",
  };
  const isTls = /certificate|CERT|SSL|TLS/i.test(`${code} ${message}`);
  const what = words[code] ?? (isTls ? "has a certificate that does not hold" : "cannot be reached");
  return new ProxyFailure("PROXY_UNREACHABLE", `${hopName(hop)} ${what}`, hop.id);
}

async function greetSocks(socket: Socket, hop: Hop, next: Endpoint): Promise<Socket> {
  // loaded with the first proxy that speaks it
  // its names are known by its default alone where it is bundled: it is CommonJS
  const { SocksClient } = (await import("socks")).default;
  try {
    const connected = await SocksClient.createConnection({
      existing_socket: socket,
      command: "connect",
      proxy: {
        host: hop.host,
        port: hop.port,
        type: hop.scheme === "socks4" ? 4 : 5,
        ...(hop.username !== null && { userId: hop.username }),
        ...(hop.username !== null && hop.scheme === "socks5" && { password: hop.password ?? "" }),
      },
      destination: next,
    });
    return connected.socket;
  } catch (error) {
    throw socksFailure(error, hop, next);
  }
}

/** The library says what happened in English; its sentences are held by the tests. */
function socksFailure(error: unknown, hop: Hop, next: Endpoint): ProxyFailure {
  if (error instanceof ProxyFailure) return error;
  const message = error instanceof Error ? error.message : "";
  const name = hopName(hop);
  if (/authentication|\(Rejected/i.test(message)) return new ProxyFailure("PROXY_AUTH_FAILED", name, hop.id);
  if (/rejected connection/i.test(message)) return new ProxyFailure("PROXY_REFUSED", `${name} did not reach ${hopName(next)}`, hop.id);
  return new ProxyFailure("PROXY_UNREACHABLE", `${name} broke the connection off`, hop.id);
}

function encrypt(socket: Socket, hop: Hop): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const line = connectTls({ socket, ...(isIP(hop.host) ? { host: hop.host } : { servername: hop.host }) });
    line.once("secureConnect", () => {
      line.off("error", reject);
      resolve(line);
    });
    line.once("error", reject);
    socket.once("close", () => reject(new ProxyFailure("PROXY_UNREACHABLE", `${hopName(hop)} broke the connection off`, hop.id)));
  });
}

/** CONNECT of HTTP (RFC 9110, section 9.3.6), signed in without being asked: a gateway that routes by user name would route wrong else. */
async function connectOn(socket: Socket, hop: Hop, next: Endpoint): Promise<Socket> {
  const target = hopName(next);
  const lines = [`CONNECT ${target} HTTP/1.1`, `Host: ${target}`, "Proxy-Connection: keep-alive"];
  if (hop.username !== null) {
    lines.push(`Proxy-Authorization: Basic ${Buffer.from(`${hop.username}:${hop.password ?? ""}`).toString("base64")}`);
  }
  socket.write(`${lines.join("\r\n")}\r\n\r\n`);
  const status = await readStatus(socket, hop);
  if (status >= 200 && status < 300) return socket;
  if (status === 407) throw new ProxyFailure("PROXY_AUTH_FAILED", hopName(hop), hop.id);
  if (status === 0) throw new ProxyFailure("PROXY_UNREACHABLE", `${hopName(hop)} does not speak HTTP`, hop.id);
  throw new ProxyFailure("PROXY_REFUSED", `${hopName(hop)} answered ${status} for ${target}`, hop.id);
}

/** Reads the head of the answer; what follows it stays in the socket. 0 when it is not HTTP. */
function readStatus(socket: Socket, hop: Hop): Promise<number> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const finish = (settle: () => void) => {
      for (const [event, listener] of listeners) socket.off(event, listener);
      settle();
    };
    const read = () => {
      for (let chunk: Buffer | null = socket.read(); chunk; chunk = socket.read()) {
        bytes = Buffer.concat([bytes, chunk]);
        const end = bytes.indexOf("\r\n\r\n");
        const isHttp = "HTTP/1.".startsWith(bytes.subarray(0, 7).toString("latin1"));
        if (!isHttp || (end < 0 && bytes.length > longestAnswer)) return finish(() => resolve(0));
        if (end < 0) continue;
        if (bytes.length > end + 4) socket.unshift(bytes.subarray(end + 4));
        const status = Number(/^HTTP\/1\.\d (\d{3})/.exec(bytes.toString("latin1", 0, 16))?.[1] ?? 0);
        return finish(() => resolve(status));
      }
    };
    const broken = () => finish(() => reject(new ProxyFailure("PROXY_UNREACHABLE", `${hopName(hop)} broke the connection off`, hop.id)));
    const failed = (error: Error) => finish(() => reject(error));
    const listeners: [string, (error: Error) => void][] = [
      ["readable", read],
      ["end", broken],
      ["close", broken],
      ["error", failed],
    ];
    for (const [event, listener] of listeners) socket.on(event, listener);
    read();
  });
}
