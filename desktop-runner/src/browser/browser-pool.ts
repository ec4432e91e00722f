import type { Recording } from "@deskhand/shared/schemas/recording";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { Gate } from "../policy/gate.ts";
import { registerSelectorEngine } from "../workflow/selector-engine.ts";
import type { DeviceTraits } from "../workflow/step-scope.ts";
import { type DownloadMeter, meterDownloads } from "./download-meter.ts";
import { launchBrowser, through } from "./launch-browser.ts";
import { type Screencast, startScreencast } from "./screencast.ts";

/** What a context is opened with; everything else can be changed later. */
export type ContextShape = DeviceTraits & { width: number; height: number };

export type PreparedContext = {
  context: BrowserContext;
  page: Page;
  cast: Screencast;
  device: DeviceTraits;
  /** The context's only way out; it lets nothing through until it has a policy. */
  gate: Gate;
  downloads: DownloadMeter;
};

export type BrowserPool = {
  /** Starts the browser if it is not running. Rejects when it cannot be started. */
  version(): Promise<string>;
  /** An empty context of that shape, recording its trace already, opened ahead when the last one had the same shape. */
  take(shape: ContextShape): Promise<PreparedContext>;
  close(): Promise<void>;
};

const defaultShape: ContextShape = { width: 1280, height: 720, deviceScaleFactor: 1, isMobile: false, hasTouch: false };

/** The shape that a recording asks for before anything else: its first step, when that is a setViewport. */
export function shapeOf(recording: Recording): ContextShape {
  const step = recording.steps.find((candidate) => candidate.type !== "emulateNetworkConditions");
  if (step?.type !== "setViewport" || (step.target && step.target !== "main")) return defaultShape;
  const sensible = (side: number) => Number.isInteger(side) && side >= 1 && side <= 10_000;
  if (!sensible(step.width) || !sensible(step.height)) return defaultShape;
  const deviceScaleFactor = step.deviceScaleFactor > 0 && step.deviceScaleFactor <= 5 ? step.deviceScaleFactor : 1;
  return { width: step.width, height: step.height, deviceScaleFactor, isMobile: step.isMobile, hasTouch: step.hasTouch };
}

/**
 * One warm browser and a few contexts opened ahead: opening one costs as much as several steps.
 * A browser that died is started again at the next call.
 */
export function createBrowserPool(options: {
  executablePath: string;
  tracesDir: string;
  downloadsPath: string;
  spares?: number;
}): BrowserPool {
  const wantedSpares = options.spares ?? 2;
  let launching: Promise<Browser> | undefined;
  let spares: { key: string; prepared: Promise<PreparedContext> }[] = [];
  let closed = false;

  function browser(): Promise<Browser> {
    launching ??= (async () => {
      await registerSelectorEngine();
      const { executablePath, tracesDir, downloadsPath } = options;
      // what the browser itself would ask of the network has no context: it meets a gate that stays closed
      const closedGate = await Gate.open();
      const started = await launchBrowser(executablePath, { tracesDir, downloadsPath, proxy: closedGate.address }).catch(
        (error: unknown) => {
          closedGate.close();
          throw error;
        },
      );
      started.on("disconnected", () => {
        launching = undefined;
        spares = [];
        closedGate.close();
      });
      return started;
    })().catch((error: unknown) => {
      launching = undefined;
      throw error;
    });
    return launching;
  }

  async function prepare(shape: ContextShape): Promise<PreparedContext> {
    const { width, height, ...device } = shape;
    const [running, gate] = await Promise.all([browser(), Gate.open()]);
    try {
      const context = await running.newContext({
        viewport: { width, height },
        ...device,
        acceptDownloads: true,
        proxy: through(gate.address),
      });
      context.once("close", () => gate.close());
      await context.tracing.start({ snapshots: true, screenshots: false, sources: false });
      const page = await context.newPage();
      const [cast, downloads] = await Promise.all([startScreencast(context, page), meterDownloads(context, page, options.downloadsPath)]);
      return { context, page, device, cast, gate, downloads };
    } catch (error) {
      gate.close();
      throw error;
    }
  }

  function refill(shape: ContextShape): void {
    const key = JSON.stringify(shape);
    const stale = spares.filter((spare) => spare.key !== key);
    spares = spares.filter((spare) => spare.key === key);
    for (const { prepared } of stale) prepared.then(({ context }) => context.close()).catch(() => {});
    while (!closed && spares.length < wantedSpares) {
      const prepared = prepare(shape);
      prepared.catch(() => {}); // whoever takes it is told
      spares.push({ key, prepared });
    }
  }

  return {
    version: async () => {
      const version = (await browser()).version();
      refill(defaultShape);
      return version;
    },
    take: async (shape) => {
      await browser();
      const key = JSON.stringify(shape);
      const index = spares.findIndex((spare) => spare.key === key);
      const spare = index >= 0 ? spares.splice(index, 1)[0] : undefined;
      const taken = spare ? spare.prepared.catch(() => prepare(shape)) : prepare(shape);
      refill(shape);
      return taken;
    },
    close: async () => {
      closed = true;
      const running = await launching?.catch(() => undefined);
      await running?.close().catch(() => {});
    },
  };
}
