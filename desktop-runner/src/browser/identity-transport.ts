import { setTimeout as delay } from "node:timers/promises";
import type { Identity } from "@deskhand/shared/schemas/identity";
import type { Browser, BrowserContext } from "playwright-core";
import { type Call, callsFor, deviceCallsFor, heldToDevice } from "./identity-calls.ts";

type Message = { id?: number; sessionId?: string; method?: string; params?: Record<string, unknown>; result?: unknown; error?: unknown };
type Transport = { send(message: Message): void; onmessage?: (message: Message) => void };
type Target = { id: string; type: string; browserContextId: string | undefined; running: boolean };

/** Ours are far above any id that Playwright comes to in the life of a browser; the protocol's are 32 bits. */
const firstId = 1_500_000_000;
/** A target that went away meanwhile answers nothing; milliseconds. */
const patienceMs = 2_000;
const layers = new WeakMap<object, IdentityLayer>();

/**
 * Tells every target of a context who it is, before its first line of script or request: pages, pop-ups, frames of other sites, and
 * workers of all kinds. Playwright stops each of them at its start to do the same with what it knows, which is less: one language, no
 * brands, no number of processors, and nothing for shared workers (1.65). It has no public way to add to that: a second client over
 * `newCDPSession` comes too late for pop-ups and workers, and a second one that stops targets itself leaves some stopped for ever. So
 * this stands between Playwright and the pipe to its browser, and slips its own commands in before the one that lets a target begin.
 */
export class IdentityLayer {
  readonly #transport: Transport;
  readonly #send: (message: Message) => void;
  readonly #receive: (message: Message) => void;
  readonly #version: string;
  readonly #identities = new Map<string | undefined, Identity>();
  readonly #targets = new Map<string, Target>();
  readonly #waiting = new Map<number, () => void>();
  /** Sessions of targets that run already, while they are told. */
  readonly #telling = new Map<string, Promise<void>>();
  /** The whole browser is this device, and whoever speaks with it knows nothing of that. */
  #device: Identity | undefined;
  #lastId = firstId;

  private constructor(transport: Transport, version: string) {
    this.#transport = transport;
    this.#version = version;
    this.#send = transport.send.bind(transport);
    const receive = transport.onmessage;
    if (!receive) throw new Error("This version of Playwright keeps its transport in another way.");
    this.#receive = receive;
    this.#transport.send = (message) => this.#onSend(message);
    this.#transport.onmessage = (message) => this.#onMessage(message);
  }

  /** Has to stand before the first context is opened. @throws Error when Playwright is built in another way than the pinned version */
  static of(browser: Browser): IdentityLayer {
    const server = implementation<{ _connection: { _transport: Transport } }>(browser, browser);
    const known = layers.get(server);
    if (known) return known;
    const layer = new IdentityLayer(server._connection._transport, browser.version());
    layers.set(server, layer);
    return layer;
  }

  /** Between others and the pipe to a browser that is this device, for as long as it runs. */
  static over(transport: Transport, version: string, identity: Identity): void {
    const layer = new IdentityLayer(transport, version);
    layer.#identities.set(undefined, identity);
    layer.#device = identity;
  }

  /** From here on the context is this device. Resolves when its pages that are open already know it. */
  async assume(context: BrowserContext, identity: Identity): Promise<void> {
    const browser = context.browser();
    const { _browserContextId: key } = implementation<{ _browserContextId?: string }>(browser ?? context, context);
    this.#identities.set(key, identity);
    context.once("close", () => this.#identities.delete(key));
    const open = [...this.#targets].filter(([, target]) => target.running && target.browserContextId === key);
    await Promise.all(open.map(([sessionId, target]) => this.#tell(sessionId, this.#callsFor(target, identity))));
  }

  #onSend(message: Message): void {
    const { method, sessionId, params } = message;
    if (method === "Runtime.runIfWaitingForDebugger" && sessionId) this.#introduce(sessionId);
    // clients let go of workers that they have no use for (Playwright of shared ones, Puppeteer of all), and with that of what those were told
    const released = method === "Target.detachFromTarget" ? this.#targets.get(String(params?.sessionId)) : undefined;
    if (released && this.#isHeld(released)) {
      queueMicrotask(() => this.#receive({ id: message.id, sessionId, result: {} } as Message));
      return;
    }
    if (released) this.#targets.delete(String(params?.sessionId));
    this.#send(this.#device ? heldToDevice(message, this.#device) : message);
  }

  /** Whether this session has to stay, whoever wants to end it. */
  #isHeld(target: Target): boolean {
    if (!this.#identityOf(target)) return false;
    if (target.type === "shared_worker") return true;
    const others = () => [...this.#targets.values()].filter((other) => other !== target && other.id === target.id);
    return this.#device !== undefined && target.type === "service_worker" && others().length === 0;
  }

  #onMessage(message: Message): void {
    if (message.id !== undefined && message.id >= firstId) {
      this.#waiting.get(message.id)?.();
      this.#waiting.delete(message.id);
      return;
    }
    if (message.method === "Target.attachedToTarget") this.#onAttached(message.params ?? {});
    if (message.method === "Target.detachedFromTarget") this.#targets.delete(String(message.params?.sessionId));
    const { sessionId } = (message.result ?? {}) as { sessionId?: string };
    const told = sessionId === undefined ? undefined : this.#telling.get(sessionId);
    // whoever asked for one more session gets it when it is the device too: until then its page is the computer itself
    if (told) void Promise.race([told, delay(patienceMs, undefined, { ref: false })]).then(() => this.#receive(message));
    else this.#receive(message);
  }

  #onAttached(params: Record<string, unknown>): void {
    const { targetId: id, type, browserContextId } = params.targetInfo as { targetId: string; type: string; browserContextId?: string };
    const running = params.waitingForDebugger !== true;
    const target = { id, type, browserContextId, running };
    const sessionId = String(params.sessionId);
    this.#targets.set(sessionId, target);
    const identity = running ? this.#identityOf(target) : undefined;
    if (!identity) return;
    // one more session of a target that knows: each has its own idea of the platform, and the last one's holds (Chromium 156)
    const calls = this.#callsFor(target, identity);
    if (!this.#device && !isShown(type)) return;
    const told = this.#tell(sessionId, this.#device ? calls : calls.slice(0, 1)).finally(() => this.#telling.delete(sessionId));
    this.#telling.set(sessionId, told);
  }

  #introduce(sessionId: string): void {
    const target = this.#targets.get(sessionId);
    if (!target || target.running) return;
    target.running = true;
    const identity = this.#identityOf(target);
    // answers need not be waited for: the browser takes the commands of a session in their order
    if (identity) void this.#tell(sessionId, this.#callsFor(target, identity));
  }

  #callsFor({ type }: Target, identity: Identity): Call[] {
    const calls = callsFor(type, identity, this.#version);
    // Playwright tells its contexts the rest; of other clients none does
    return this.#device && isShown(type) ? [...calls, ...deviceCallsFor(type, identity)] : calls;
  }

  #identityOf({ browserContextId }: Target): Identity | undefined {
    return this.#identities.get(browserContextId) ?? this.#identities.get(undefined);
  }

  async #tell(sessionId: string, calls: Call[]): Promise<void> {
    await Promise.all(
      calls.map(({ method, params }) => {
        const id = ++this.#lastId;
        const answered = new Promise<void>((resolve) => this.#waiting.set(id, resolve));
        this.#send({ id, sessionId, method, params });
        return answered;
      }),
    );
  }
}

const isShown = (type: string) => type === "page" || type === "iframe";

/** The object on Playwright's other side, which is in this process. */
function implementation<T>(connected: object, object: object): T {
  const connection = (connected as { _connection?: { toImpl?: (object: object) => unknown } })._connection;
  const found = connection?.toImpl?.(object);
  if (!found) throw new Error("This version of Playwright keeps its objects in another way.");
  return found as T;
}
