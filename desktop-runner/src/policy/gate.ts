import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import type { WebScheme, WebTarget } from "@deskhand/shared/schemas/host-pattern";
import { parseAddress } from "@deskhand/shared/schemas/ip-address";
import { closedPolicy, type NetworkPolicy, type RefusalReason } from "./network-policy.ts";
import { type Resolve, resolveName } from "./resolve-name.ts";
import { compileRules, type Decision, decideAddress, decideHost, type HostRules } from "./rules.ts";
import { firstByte, noMethod, noSignIn, readGreeting, readMessage, readRequest, type SocksReply, socksReply } from "./socks.ts";

type Tunnel = { host: string; port: number; schemes: WebScheme[]; addresses: string[]; client: Socket; upstream: Socket };
type End = (reply: SocksReply) => void;

const connectMs = 30_000;
/** Hosts of which the last refusal and trouble are remembered. */
const remembered = 500;
const bothSchemes: WebScheme[] = ["http", "https"];
/** The first byte of a TLS connection: a handshake record (RFC 8446, section 5.1). */
const tlsHandshake = 0x16;

/**
 * The only way out of a browser context: a SOCKS proxy on loopback that looks at each connection before it is made. It sees the host and
 * port of everything, whatever part of the browser asks; it resolves the name itself and connects to exactly the address that it judged.
 */
export class Gate {
  /** Told of each connection that is refused, before the browser is. */
  onRefusal: (reason: RefusalReason) => void = () => {};
  readonly #server: Server;
  readonly #resolve: Resolve;
  readonly #clients = new Set<Socket>();
  readonly #tunnels = new Set<Tunnel>();
  readonly #refusals = new Map<string, RefusalReason>();
  readonly #troubles = new Map<string, string>();
  #rules: HostRules = compileRules(closedPolicy);

  private constructor(resolve: Resolve) {
    this.#resolve = resolve;
    this.#server = createServer({ noDelay: true }, (client) => {
      this.#clients.add(client);
      client.on("error", () => client.destroy());
      client.once("close", () => this.#clients.delete(client));
      this.#serve(client).catch(() => client.destroy());
    });
  }

  /** Opens a gate on a free port of loopback. Until it has a policy it lets nothing through. */
  static async open(resolve: Resolve = resolveName): Promise<Gate> {
    const gate = new Gate(resolve);
    await new Promise<void>((done, fail) => gate.#server.once("error", fail).listen(0, "127.0.0.1", done));
    return gate;
  }

  /** For a browser's proxy setting. */
  get address(): string {
    return `socks5://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** From now on these rules hold; open connections that they do not allow are cut. */
  setPolicy(policy: Omit<NetworkPolicy, "maxDownload">): void {
    this.#rules = compileRules(policy);
    this.#refusals.clear();
    this.#troubles.clear();
    for (const tunnel of this.#tunnels) {
      const { host, port, schemes, addresses, client, upstream } = tunnel;
      const allowed = this.#judge(host, port, upstream.remoteAddress ?? addresses[0]);
      // one that may go on in part is cut too: the browser connects again, and is judged by what it says then
      if (schemes.every((scheme) => allowed.schemes.includes(scheme))) continue;
      if (!schemes.some((scheme) => allowed.schemes.includes(scheme))) this.#refuse(host, port, allowed.reason);
      client.destroy();
    }
  }

  /** Why this host would be refused by its name or number alone; undefined when the address behind it decides. */
  judge(target: WebTarget): RefusalReason | undefined {
    return this.#judgeScheme(target);
  }

  /** Why the last try to reach this host was refused; undefined when it was not. */
  refusalOf({ host, port }: WebTarget): RefusalReason | undefined {
    return this.#refusals.get(`${host} ${port}`);
  }

  /** Why the last try to reach this host failed on the network, as an error code of Node. */
  troubleOf({ host, port }: WebTarget): string | undefined {
    return this.#troubles.get(`${host} ${port}`);
  }

  close(): void {
    this.#server.close();
    for (const client of this.#clients) client.destroy();
  }

  async #serve(client: Socket): Promise<void> {
    const greeting = await readMessage(client, readGreeting);
    if (!greeting?.offersNoSignIn) return void client.end(noMethod);
    client.write(noSignIn);
    const request = await readMessage(client, readRequest);
    if (!request) return void client.destroy();
    if (!request.isConnect) return void client.end(socksReply("unsupported"));
    if (request.host === undefined) return void client.end(socksReply("failed"));
    await this.#pass(client, request.host, request.port);
  }

  /** Judges where the connection goes, and makes it when it may. */
  async #pass(client: Socket, host: string, port: number): Promise<void> {
    const end: End = (reply) => void client.end(socksReply(reply));
    const byName = this.#judge(host, port);
    if (byName.schemes.length === 0) return this.#refuse(host, port, byName.reason, end);
    let addresses: string[];
    try {
      addresses = parseAddress(host) ? [host] : await this.#resolve(host);
    } catch (error) {
      return this.#fail(host, port, error, end);
    }
    const judged = addresses.map((address) => ({ address, ...this.#judge(host, port, address) }));
    const usable = judged.filter(({ schemes }) => schemes.length > 0);
    if (usable.length === 0) return this.#refuse(host, port, judged[0]?.reason, end);
    const target = { host, port, client };
    if (usable.every(({ schemes }) => schemes.length === 2)) {
      return this.#connect({ ...target, schemes: bothSchemes, addresses: usable.map(({ address }) => address) }, end, "connected");
    }
    // SOCKS does not say whether TLS follows: where a rule depends on it, the browser has to begin before it is known where that leads
    client.write(socksReply("connected"));
    const scheme = (await firstByte(client)) === tlsHandshake ? "https" : "http";
    const cut: End = () => void client.destroy();
    const fitting = usable.filter(({ schemes }) => schemes.includes(scheme)).map(({ address }) => address);
    if (fitting.length === 0) return this.#refuse(host, port, this.#judgeScheme({ scheme, host, port }, addresses[0]), cut);
    this.#connect({ ...target, schemes: [scheme], addresses: fitting }, cut);
  }

  #connect(to: Omit<Tunnel, "upstream">, end: End, reply?: SocksReply): void {
    const { host, port, client, addresses } = to;
    if (client.destroyed) return;
    const pinned = addresses.map((address) => ({ address, family: address.includes(":") ? 6 : 4 }));
    const upstream = connect({
      host,
      port,
      noDelay: true,
      autoSelectFamily: true,
      // only what was judged: whatever the name leads to by now
      lookup: (_host, options, answer) => {
        const [first] = pinned;
        if (options.all) answer(null, pinned);
        else if (first) answer(null, first.address, first.family);
      },
    });
    const tunnel = { ...to, upstream };
    this.#tunnels.add(tunnel);
    const late = setTimeout(() => upstream.destroy(Object.assign(new Error("late"), { code: "ETIMEDOUT" })), connectMs);
    let connected = false;
    client.once("close", () => upstream.destroy());
    upstream.once("connect", () => {
      connected = true;
      clearTimeout(late);
      this.#refusals.delete(`${host} ${port}`);
      this.#troubles.delete(`${host} ${port}`);
      if (reply) client.write(socksReply(reply));
      client.pipe(upstream);
      upstream.pipe(client);
    });
    upstream.once("error", (error) => (connected ? client.destroy() : this.#fail(host, port, error, end)));
    upstream.once("close", () => {
      clearTimeout(late);
      this.#tunnels.delete(tunnel);
    });
  }

  /** The schemes by which the host may be reached, at this address when one is given; and why not by any other. */
  #judge(host: string, port: number, address?: string): { schemes: WebScheme[]; reason: RefusalReason | undefined } {
    let reason: RefusalReason | undefined;
    const schemes = bothSchemes.filter((scheme) => {
      const refusal = this.#judgeScheme({ scheme, host, port }, address);
      reason ??= refusal;
      return refusal === undefined;
    });
    return { schemes, reason };
  }

  #judgeScheme(target: WebTarget, address?: string): RefusalReason | undefined {
    const resolved = address === undefined ? undefined : parseAddress(address);
    let decision: Decision = decideHost(this.#rules, target);
    if (decision.allowed && resolved) decision = decideAddress(this.#rules, target, resolved);
    return decision.allowed ? undefined : { kind: decision.kind, rule: decision.rule, subject: decision.subject };
  }

  #refuse(host: string, port: number, reason: RefusalReason | undefined, end?: End): void {
    if (reason) {
      if (this.#refusals.size >= remembered) this.#refusals.clear();
      this.#refusals.set(`${host} ${port}`, reason);
      this.onRefusal(reason);
    }
    end?.("refused");
  }

  #fail(host: string, port: number, error: unknown, end: End): void {
    if (this.#troubles.size >= remembered) this.#troubles.clear();
    this.#troubles.set(`${host} ${port}`, (error as NodeJS.ErrnoException).code ?? "EIO");
    end("failed");
  }
}
