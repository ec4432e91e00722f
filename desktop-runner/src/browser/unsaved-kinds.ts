import type { ProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import type { BrowserContext, CDPSession, Page } from "playwright-core";
import type { StorageState } from "./state-files.ts";

/** Origins of one context that are looked at. */
const maxOrigins = 50;
/** Records of one origin's databases that are looked at. */
const maxRecords = 2_000;

const byStorageType: Record<string, ProfileFlag> = {
  service_workers: "service-worker",
  cache_storage: "cache-storage",
  file_systems: "opfs",
};

/**
 * What these origins keep in the context and its saved `state` does not hold. One question an origin, which the browser answers without
 * the page (2 to 5 ms); databases are looked into only where the state has a hole that a key or a file may have left.
 */
export async function findUnsavedKinds(context: BrowserContext, origins: Iterable<string>, state: StorageState): Promise<Set<ProfileFlag>> {
  const found = new Set<ProfileFlag>();
  const [anyPage] = context.pages();
  if (!anyPage) return found;
  const session = await context.newCDPSession(anyPage);
  try {
    for (const origin of [...origins].slice(0, maxOrigins)) {
      const { usageBreakdown } = await session.send("Storage.getUsageAndQuota", { origin });
      for (const { storageType, usage } of usageBreakdown) {
        const flag = byStorageType[storageType];
        if (flag && usage > 0) found.add(flag);
      }
    }
  } finally {
    await session.detach().catch(() => {});
  }
  for (const origin of originsWithHoles(state)) {
    const page = context.pages().find((candidate) => originOf(candidate.url()) === origin);
    if (page) for (const kind of await lookIntoDatabases(context, page)) found.add(kind);
  }
  return found;
}

/** Origins with a record that was saved as an object without anything in it, which is how a CryptoKey and a Blob are written. */
export function originsWithHoles(state: StorageState): string[] {
  return state.origins.flatMap(({ origin, ...stored }) => {
    const databases = (stored as { indexedDB?: unknown }).indexedDB;
    return databases !== undefined && JSON.stringify(databases).includes('"o":[],') ? [origin] : [];
  });
}

/** Asked in a world of its own, where the page's scripts have changed nothing. */
async function lookIntoDatabases(context: BrowserContext, page: Page): Promise<ProfileFlag[]> {
  let session: CDPSession | undefined;
  try {
    session = await context.newCDPSession(page);
    const { frameTree } = await session.send("Page.getFrameTree");
    const { executionContextId } = await session.send("Page.createIsolatedWorld", { frameId: frameTree.frame.id });
    const expression = `(${kindsInDatabases})(${maxRecords})`;
    const { result } = await session.send("Runtime.evaluate", {
      expression,
      contextId: executionContextId,
      awaitPromise: true,
      returnByValue: true,
      timeout: 2_000,
    });
    return Array.isArray(result.value) ? (result.value as ProfileFlag[]) : [];
  } catch {
    return []; // the page went on or away: it is asked again at the next saving
  } finally {
    await session?.detach().catch(() => {});
  }
}

/** Runs in the page. */
async function kindsInDatabases(maxRecords: number): Promise<string[]> {
  const kinds = new Set<string>();
  const look = (value: unknown, depth: number): void => {
    if (typeof value !== "object" || value === null || depth > 5) return;
    if (value instanceof CryptoKey) kinds.add("crypto-key");
    else if (value instanceof Blob) kinds.add("blob");
    else if (value instanceof Map) for (const [key, item] of value) [key, item].forEach((each) => void look(each, depth + 1));
    else if (value instanceof Set || Array.isArray(value)) for (const item of value) look(item, depth + 1);
    else if (!ArrayBuffer.isView(value)) for (const item of Object.values(value)) look(item, depth + 1);
  };
  const done = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
  let left = maxRecords;
  for (const { name } of await indexedDB.databases()) {
    if (!name) continue;
    const database = await done(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const values = await done(database.transaction(store).objectStore(store).getAll(null, Math.max(1, left)));
      for (const value of values) look(value, 0);
      left -= values.length;
    }
    database.close();
  }
  return [...kinds];
}

function originOf(url: string): string | undefined {
  return /^https?:/.test(url) ? new URL(url).origin : undefined;
}
