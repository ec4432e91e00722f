import { type FirstRun, readProduct } from "../e2e/product.ts";
import { type StartedProduct, startProduct as start } from "../e2e/start-product.ts";

export type Product = StartedProduct & { firstRun: FirstRun };

/** `npm start` with data and home in `dir`; resolves at the line that says that it is ready. */
export async function startProduct(dir: string, env: Record<string, string> = {}): Promise<Product> {
  const limits = { RATE_LIMIT_API_PER_HOUR: "1000000", RATE_LIMIT_COMMANDS_PER_MINUTE: "1000000", LOG_LEVEL: "warn" };
  const started = await start({ dir, env: { ...limits, ...env }, program: "scripts/start.mjs" });
  return { ...started, firstRun: readProduct(started).firstRun };
}

/** A call to the REST API with the first run's key. */
export async function call<T>(product: Product, method: string, route: string, body?: unknown): Promise<T> {
  const ask = () =>
    fetch(`${product.url}/api/v1${route}`, {
      method,
      headers: { authorization: `Bearer ${product.firstRun.apiKey}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  // a connection that rested may be closed just as it is used again; what only reads can be asked once more
  const response = await ask().catch((error: unknown) => (method === "GET" ? ask() : Promise.reject(error)));
  if (!response.ok) throw new Error(`${method} ${route} answered ${response.status}: ${await response.text()}`);
  return (await response.json()) as T;
}

type RunOutcome = { id: string; state: string; failureCode: string | null; startedAt: string | null; finishedAt: string | null };

/** Waits until all these runs have ended; looks once a second, by list, so that looking costs little. */
export async function untilAllEnded(product: Product, count: number): Promise<RunOutcome[]> {
  for (;;) {
    const active = await call<{ items: RunOutcome[] }>(product, "GET", "/runs?state=active&limit=1");
    if (active.items.length === 0) break;
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  const { items } = await call<{ items: RunOutcome[] }>(product, "GET", `/runs?limit=${count}`);
  const failed = items.filter((run) => run.state !== "succeeded");
  if (failed.length > 0) throw new Error(`${failed.length} runs did not succeed, the first with ${failed[0]?.failureCode}`);
  return items;
}
