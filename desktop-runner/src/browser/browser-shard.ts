import type { Browser, BrowserContext, Page } from "playwright-core";
import { Gate } from "../policy/gate.ts";
import { registerSelectorEngine } from "../workflow/selector-engine.ts";
import type { DeviceTraits } from "../workflow/step-scope.ts";
import { assumeIdentity, contextOptionsOf, prepareForIdentities } from "./apply-identity.ts";
import type { ContextShape } from "./context-shape.ts";
import { type DownloadMeter, meterDownloads } from "./download-meter.ts";
import { launchBrowser, through } from "./launch-browser.ts";
import { networkProcess } from "./network-process.ts";
import { type Screencast, startScreencast } from "./screencast.ts";

export type PreparedContext = {
  context: BrowserContext;
  page: Page;
  cast: Screencast;
  device: DeviceTraits;
  /** The context's only way out; it lets nothing through until it has a policy. */
  gate: Gate;
  downloads: DownloadMeter;
  /** Whether its browser, or the part of it that does the networking, has stopped: nothing can be reached from the context any more. */
  isCutOff(): Promise<boolean>;
};

export type ShardOptions = { executablePath: string; tracesDir: string; downloadsPath: string };

/** Contexts that one browser opens before it is let go and another takes its place: what a browser never gives back is bounded by it. */
const contextsInALife = 500;

/** One of the pool's browsers. */
export class BrowserShard {
  readonly #options: ShardOptions;
  readonly #browser: Promise<Browser>;
  readonly #gone = Promise.withResolvers<never>();
  #networkProcess: Promise<number | undefined> = Promise.resolve(undefined);
  #open = 0;
  #opened = 0;
  #isRetired = false;

  /** Starts the browser. `onEnd` is called once, when it is gone or could not be started. */
  constructor(options: ShardOptions, onEnd: () => void) {
    this.#options = options;
    this.#gone.promise.catch(() => {});
    this.#browser = this.#launch(onEnd);
    this.#browser.catch(onEnd);
  }

  /** Contexts that are open or being opened. */
  get open(): number {
    return this.#open;
  }

  /** Whether more contexts may be opened in it. */
  get isRetired(): boolean {
    return this.#isRetired || this.#opened >= contextsInALife;
  }

  /** Rejects when the browser cannot be started. */
  async version(): Promise<string> {
    return (await this.#browser).version();
  }

  /** Whether the browser that was started is still whole: one that is not takes no more contexts, and ends with the last that it has. */
  async isWhole(): Promise<boolean> {
    const running = await this.#browser.catch(() => undefined);
    if (!running?.isConnected()) return false;
    const asked = Promise.all([this.#networkProcess, networkProcess(running)]);
    const answer = await this.#unlessGone(asked).catch(() => undefined);
    if (!answer) return false;
    const [before, now] = answer;
    if (before === undefined) this.#networkProcess = Promise.resolve(now);
    if (before === undefined || before === now) return true;
    this.#isRetired = true;
    this.#endIfUnused();
    return false;
  }

  /**
   * An empty context of that shape, recording its trace already unless it shall not: a trace costs each page a megabyte. Rejects when the
   * browser cannot open one.
   */
  async prepare({ width, height, identity, ...device }: ContextShape, trace = true): Promise<PreparedContext> {
    this.#open++;
    this.#opened++;
    let gate: Gate | undefined;
    const release = () => {
      gate?.close();
      this.#open--;
      this.#endIfUnused();
    };
    try {
      const [running, opened] = await Promise.all([this.#browser, Gate.open()]);
      gate = opened;
      const opening = running.newContext({
        viewport: { width, height },
        ...device,
        ...(identity && contextOptionsOf(identity)),
        acceptDownloads: true,
        proxy: through(gate.address),
      });
      const context = await this.#unlessGone(opening);
      try {
        const prepared = await this.#unlessGone(this.#furnish(context, identity, trace));
        context.once("close", release);
        return { context, ...prepared, device, gate, isCutOff: async () => !(await this.isWhole()) };
      } catch (error) {
        await this.#unlessGone(context.close()).catch(() => {});
        throw error;
      }
    } catch (error) {
      release();
      throw error;
    }
  }

  async close(): Promise<void> {
    const running = await this.#browser.catch(() => undefined);
    await running?.close().catch(() => {});
  }

  async #launch(onEnd: () => void): Promise<Browser> {
    await registerSelectorEngine();
    const { executablePath, tracesDir, downloadsPath } = this.#options;
    // what the browser itself would ask of the network has no context: it meets a gate that stays closed
    const closedGate = await Gate.open();
    try {
      const started = await launchBrowser(executablePath, { tracesDir, downloadsPath, proxy: closedGate.address });
      prepareForIdentities(started);
      this.#networkProcess = networkProcess(started);
      started.on("disconnected", () => {
        this.#isRetired = true;
        this.#gone.reject(new Error("The browser is gone."));
        closedGate.close();
        onEnd();
      });
      return started;
    } catch (error) {
      closedGate.close();
      throw error;
    }
  }

  async #furnish(context: BrowserContext, identity: ContextShape["identity"], trace: boolean) {
    if (identity) await assumeIdentity(context, identity);
    if (trace) await context.tracing.start({ snapshots: true, screenshots: false, sources: false });
    const page = await context.newPage();
    const { downloadsPath } = this.#options;
    const [cast, downloads] = await Promise.all([startScreencast(context, page), meterDownloads(context, page, downloadsPath)]);
    return { page, cast, downloads };
  }

  /** What Playwright was asked for at the moment when the browser died is sometimes never answered. Rejects then. */
  #unlessGone<T>(work: Promise<T>): Promise<T> {
    work.catch(() => {});
    return Promise.race([work, this.#gone.promise]);
  }

  #endIfUnused(): void {
    if (this.isRetired && this.#open === 0) void this.close();
  }
}
