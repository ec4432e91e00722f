import { readdir } from "node:fs/promises";
import path from "node:path";
import { DatabaseSync } from "node:sqlite";
import { levelDbKeys } from "./leveldb-keys.ts";

/** Origins of one folder that are told. */
const maxOrigins = 2_000;

/**
 * The sites that keep something in a browser's own folder: localStorage, databases, service workers, caches, files. Not those that keep it as a
 * part of another site, which no saved state holds. At most 2,000; read while no browser has the folder.
 */
export async function originsOfFolder(userData: string): Promise<string[]> {
  const folder = path.join(userData, "Default");
  const found = new Set<string>();
  const add = (key: string) => {
    const known = /^https?:\/\/[^^]*$/.test(key) ? URL.parse(key) : null;
    if (known && found.size < maxOrigins) found.add(known.origin);
  };
  for (const key of storageKeys(path.join(folder, "WebStorage/QuotaManager"))) add(key);
  for (const name of await readdir(path.join(folder, "IndexedDB")).catch(() => [])) {
    // https_example.com_0: the port, 0 for the usual one
    const [, scheme, host, port] = /^(https?)_(.+)_(\d+)\.indexeddb\.leveldb$/.exec(name) ?? [];
    if (scheme) add(`${scheme}://${host}${port === "0" ? "" : `:${port}`}`);
  }
  for await (const key of levelDbKeys(path.join(folder, "Local Storage/leveldb"))) {
    // components/services/storage/dom_storage in Chromium: about each site, and what it keeps, its name ended by a zero byte
    const [, origin] = /^(?:META:|METAACCESS:|_)(https?:\/\/[^\0]+)/.exec(key.toString("latin1")) ?? [];
    if (origin) add(origin);
  }
  return [...found];
}

/** Of all sites that the browser counts the storage of; none where that cannot be read. */
function storageKeys(file: string): string[] {
  let database: DatabaseSync | undefined;
  try {
    database = new DatabaseSync(file, { readOnly: true });
    return database
      .prepare("select distinct storage_key from buckets")
      .all()
      .map((row) => String(row.storage_key));
  } catch {
    return [];
  } finally {
    database?.close();
  }
}
