import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { WebScheme, WebTarget } from "@deskhand/shared/schemas/host-pattern";
import { parseAddress } from "@deskhand/shared/schemas/ip-address";
import { closedPolicy, type NetworkPolicy, type RefusalReason } from "./network-policy.ts";
import { isLocalName, type Resolve, resolveName } from "./resolve-name.ts";
import { compileRules, type Decision, decideAddress, decideHost, type HostRules } from "./rules.ts";
import { firstByte, noMethod, noSignIn, readGreeting, readMessage, readRequest, type SocksReply, socksReply } from "./socks.ts";
import { dialPinned } from "./upstream/dial-pinned.ts";
import { asProxyFailure } from "./upstream/greet-proxy.ts";
import type { Hop } from "./upstream/hop.ts";
import { ProxyFailure } from "./upstream/proxy-failure.ts";
import { ProxyWay, type Traffic } from "./upstream/proxy-way.ts";

type Target = { host: string; port: number; schemes: WebScheme[]; client: Socket };
/** `address` is undefined when a proxy made the connection. */
type Tunnel = Target & { address: string | undefined };
type End = (reply: SocksReply) => void;
type Judged = { schemes: WebScheme[]; reason: RefusalReason | undefined };

/** A connection that the policy does not allow. */
export class RefusedByPolicy extends Error {
  override readonly name = "RefusedByPolicy";
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason) {
    super("The policy does not allow this connection.");
    this.reason = reason;
  }
}

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
  readonly #proxyFailures = new Map<string, ProxyFailure>();
  #way: ProxyWay | undefined;
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
    this.#proxyFailures.clear();
    for (const tunnel of this.#tunnels) {
      const { host, port, schemes, address, client } = tunnel;
      const allowed = this.#judge(host, port, address);
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

  /** What the proxy said when it did not connect to this host; undefined when it did, and without a proxy. */
  proxyFailureOf({ host, port }: WebTarget): ProxyFailure | undefined {
    return this.#proxyFailures.get(`${host} ${port}`);
  }

  /** The way by proxies that is set now; undefined when connections are made directly. */
  get way(): Pick<ProxyWay, "lateFailureOf" | "tookFor"> | undefined {
    return this.#way;
  }

  /**
   * From now on connections are made by way of these proxies, the first of which is judged like any host, its address too. The last
   * looks names up: sites are judged by their name, or by their address where they have no name.
   */
  setProxies(hops: readonly Hop[]): void {
    this.#way = hops.length > 0 ? new ProxyWay(hops, (first) => this.#dial(first)) : undefined;
    for (const { client } of this.#tunnels) client.destroy();
  }

  /** What has gone over the proxies that are set now. */
  get traffic(): Traffic {
    return this.#way?.traffic ?? { sent: 0, received: 0 };
  }

  /** A connection as the browser would get it. @throws RefusedByPolicy, ProxyFailure, and errors of Node */
  async connect({ scheme, host, port }: WebTarget): Promise<Socket> {
    const byName = this.#judgeScheme({ scheme, host, port }, this.#addressWithoutLookup(host));
    if (byName) throw new RefusedByPolicy(byName);
    return this.#way ? this.#way.connect({ host, port }) : this.#dialJudged({ scheme, host, port });
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
    const byName = this.#judge(host, port, this.#way && this.#addressWithoutLookup(host));
    if (byName.schemes.length === 0) return this.#refuse(host, port, byName.reason, end);
    const way = this.#way;
    if (way) return this.#choose(client, host, port, [byName], end, () => way.connect({ host, port }));
    let addresses: string[];
    try {
      addresses = parseAddress(host) ? [host] : await this.#resolve(host);
    } catch (error) {
      return this.#fail(host, port, error, end);
    }
    const judged = addresses.map((address) => ({ address, ...this.#judge(host, port, address) }));
    const usable = judged.filter(({ schemes }) => schemes.length > 0);
    if (usable.length === 0) return this.#refuse(host, port, judged[0]?.reason, end);
    await this.#choose(client, host, port, usable, end, (scheme) => {
      const fitting = usable.filter(({ schemes }) => !scheme || schemes.includes(scheme)).map(({ address }) => address);
      return dialPinned(host, port, fitting, client);
    });
  }

  /** Finds out by which scheme it is reached where a rule depends on that, and makes the connection. */
  async #choose(
    client: Socket,
    host: string,
    port: number,
    usable: Judged[],
    end: End,
    open: (scheme: WebScheme | undefined) => Promise<Socket>,
  ): Promise<void> {
    const target = { host, port, client };
    if (usable.every(({ schemes }) => schemes.length === 2)) {
      return this.#join({ ...target, schemes: bothSchemes }, () => open(undefined), end, "connected");
    }
    // SOCKS does not say whether TLS follows: where a rule depends on it, the browser has to begin before it is known where that leads
    client.write(socksReply("connected"));
    const scheme = (await firstByte(client)) === tlsHandshake ? "https" : "http";
    const cut: End = () => void client.destroy();
    if (!usable.some(({ schemes }) => schemes.includes(scheme))) return this.#refuse(host, port, usable[0]?.reason, cut);
    await this.#join({ ...target, schemes: [scheme] }, () => open(scheme), cut);
  }

  async #join(target: Target, open: () => Promise<Socket>, end: End, reply?: SocksReply): Promise<void> {
    const { host, port, client, schemes } = target;
    if (client.destroyed) return;
    const isDirect = this.#way === undefined;
    let upstream: Socket;
    try {
      upstream = await open();
    } catch (error) {
      return this.#fail(host, port, error, end);
    }
    const tunnel = { ...target, address: isDirect ? upstream.remoteAddress : undefined };
    upstream.once("error", () => client.destroy());
    client.once("close", () => upstream.destroy());
    // the policy may have changed meanwhile
    const allowed = this.#judge(host, port, tunnel.address);
    if (client.destroyed || !schemes.every((scheme) => allowed.schemes.includes(scheme))) {
      upstream.destroy();
      return this.#refuse(host, port, allowed.reason, end);
    }
    this.#tunnels.add(tunnel);
    upstream.once("close", () => {
      this.#tunnels.delete(tunnel);
      client.destroySoon();
    });
    for (const known of [this.#refusals, this.#troubles, this.#proxyFailures]) known.delete(`${host} ${port}`);
    if (reply) client.write(socksReply(reply));
    client.pipe(upstream);
    upstream.pipe(client);
  }

  /** Connects to the first proxy of a way. */
  async #dial(hop: Hop): Promise<Socket> {
    try {
      return await this.#dialJudged({ scheme: hop.scheme === "https" ? "https" : "http", host: hop.host, port: hop.port });
    } catch (error) {
      throw error instanceof RefusedByPolicy ? error : asProxyFailure(error, hop);
    }
  }

  async #dialJudged(target: WebTarget): Promise<Socket> {
    const { host, port } = target;
    const byName = this.#judgeScheme(target);
    if (byName) throw this.#refusedBy(target, byName);
    const addresses = parseAddress(host) ? [host] : await this.#resolve(host);
    const judged = addresses.map((address) => ({ address, reason: this.#judgeScheme(target, address) }));
    const usable = judged.filter(({ reason }) => !reason).map(({ address }) => address);
    const [first] = judged;
    if (usable.length === 0 && first?.reason) throw this.#refusedBy(target, first.reason);
    return dialPinned(host, port, usable);
  }

  #refusedBy({ host, port }: WebTarget, reason: RefusalReason): RefusedByPolicy {
    this.#refuse(host, port, reason);
    return new RefusedByPolicy(reason);
  }

  /** A name that is this computer whoever looks it up; proxies take it for theirs. */
  #addressWithoutLookup(host: string): string | undefined {
    return isLocalName(host) ? "127.0.0.1" : undefined;
  }

  /** The schemes by which the host may be reached, at this address when one is given; and why not by any other. */
  #judge(host: string, port: number, address?: string): Judged {
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
    if (error instanceof ProxyFailure) this.#proxyFailures.set(`${host} ${port}`, error);
    if (error instanceof RefusedByPolicy) this.#refusals.set(`${host} ${port}`, error.reason);
    if (this.#troubles.size >= remembered) this.#troubles.clear();
    this.#troubles.set(`${host} ${port}`, (error as NodeJS.ErrnoException).code ?? "EIO");
    end("failed");
  }
}
