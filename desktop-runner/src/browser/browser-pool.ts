import os from "node:os";
import { BrowserShard, type PreparedContext, type ShardOptions } from "./browser-shard.ts";
import { type ContextShape, defaultShape } from "./context-shape.ts";

export type BrowserPool = {
  /** Starts a browser if none is running. Rejects when it cannot be started. */
  version(): Promise<string>;
  /** An empty context of that shape, opened ahead when it could be foreseen. */
  take(shape: ContextShape): Promise<PreparedContext>;
  /** As {@link take}, for one that stays open and records no trace. */
  open(shape: ContextShape): Promise<PreparedContext>;
  /** What will be taken next, the first first: those are opened ahead rather than more of what was taken last. */
  expect(shapes: readonly ContextShape[]): void;
  /** Contexts that are open, those opened ahead too. */
  readonly count: number;
  close(): Promise<void>;
};

export type BrowserPoolOptions = ShardOptions & {
  /** Contexts opened ahead. */
  spares?: number;
  /** A browser more is started when each has this many contexts, while there are fewer than `maxBrowsers`. */
  contextsPerBrowser?: number;
  maxBrowsers?: number;
};

/**
 * A crash of a browser ends what is in it; more browsers are each 60 to 100 MB more (Chromium 156's headless shell), as much as five blank
 * pages or more. With so many contexts each, that stays below a tenth also where pages are blank.
 */
const usualContextsPerBrowser = 100;

/**
 * Warm browsers, each with a share of the contexts so that a crash hurts few, and a few contexts opened ahead: opening one costs as much
 * as several steps. A browser that died is followed by another when it is needed.
 */
export function createBrowserPool(options: BrowserPoolOptions): BrowserPool {
  const wantedSpares = options.spares ?? 2;
  const contextsPerBrowser = options.contextsPerBrowser ?? usualContextsPerBrowser;
  const maxBrowsers = options.maxBrowsers ?? browsersThatFit();
  const shards = new Set<BrowserShard>();
  let spares: { key: string; prepared: Promise<PreparedContext> }[] = [];
  let foreseen: readonly ContextShape[] = [];
  /** What was foreseen and is at its beginning now: its context was opened already and will be taken in a moment. */
  let due: string[] = [];
  let closed = false;

  function start(): BrowserShard {
    const shard: BrowserShard = new BrowserShard(options, () => shards.delete(shard));
    shards.add(shard);
    return shard;
  }

  /** The browser for one more context: the one with the fewest, unless all have their share and one more fits. */
  function choose(): BrowserShard {
    const usable = [...shards].filter((shard) => !shard.isRetired);
    const least = usable.reduce<BrowserShard | undefined>((found, shard) => (found && found.open <= shard.open ? found : shard), undefined);
    return least && (least.open < contextsPerBrowser || usable.length >= maxBrowsers) ? least : start();
  }

  function refill(last: ContextShape): void {
    const isOver = foreseen.length === 0 && due.length === 0;
    const wanted = isOver ? Array.from({ length: wantedSpares }, () => last) : foreseen.slice(0, wantedSpares);
    const kept: typeof spares = [];
    const keep = (wish: string) => {
      const index = spares.findIndex(({ key }) => key === wish);
      if (index >= 0) kept.push(...spares.splice(index, 1));
      return index >= 0;
    };
    due.forEach(keep);
    const missing = wanted.filter((shape) => !keep(JSON.stringify(shape)));
    for (const { prepared } of spares) prepared.then(({ context }) => context.close()).catch(() => {});
    spares = kept;
    for (const shape of closed ? [] : missing) {
      const prepared = choose().prepare(shape);
      prepared.catch(() => {}); // whoever takes it opens another
      spares.push({ key: JSON.stringify(shape), prepared });
    }
  }

  /** The spare of that shape, if there is one that can be used. */
  async function takeSpare(key: string): Promise<PreparedContext | undefined> {
    for (;;) {
      const index = spares.findIndex((spare) => spare.key === key);
      const prepared = await spares.splice(index, index < 0 ? 0 : 1)[0]?.prepared.catch(() => "gone" as const);
      if (prepared === "gone") continue;
      if (!prepared || !(await prepared.isCutOff())) return prepared;
      await prepared.context.close().catch(() => {});
    }
  }

  return {
    version: async () => {
      const version = await choose().version();
      refill(defaultShape);
      return version;
    },
    take: async (shape) => {
      const key = JSON.stringify(shape);
      const taking = takeSpare(key);
      due = without(due, (each) => each === key);
      foreseen = without(foreseen, (each) => JSON.stringify(each) === key);
      const taken = (await taking) ?? (await choose().prepare(shape));
      refill(shape);
      return taken;
    },
    open: (shape) => choose().prepare(shape, false),
    expect: (shapes) => {
      const next = shapes.map((shape) => JSON.stringify(shape));
      const gone = foreseen.map((shape) => JSON.stringify(shape)).filter((key) => !next.includes(key));
      // one that never began is let go when as many more have been foreseen
      due = [...due, ...gone].filter((key) => !next.includes(key)).slice(-2 * wantedSpares);
      foreseen = shapes;
      const [first] = shapes;
      if (first) refill(first);
    },
    get count() {
      return [...shards].reduce((sum, shard) => sum + shard.open, 0);
    },
    close: async () => {
      closed = true;
      await Promise.all([...shards].map((shard) => shard.close()));
    },
  };
}

function without<T>(list: readonly T[], isIt: (item: T) => boolean): T[] {
  const index = list.findIndex(isIt);
  return list.filter((_, at) => at !== index);
}

/** A browser that works takes a core, and as many more may wait for the network; on a small machine their own memory counts. */
function browsersThatFit(): number {
  return Math.max(1, Math.min(2 * os.availableParallelism(), Math.floor(os.totalmem() / 2 ** 30)));
}
