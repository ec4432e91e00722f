import * as z from "zod";
import { readCookieEntries } from "./cookies-json.ts";
import { Problems, type ProfileStateData, type ReadState, type StateOrigin } from "./profile-state.ts";

const pair = z.object({ name: z.string(), value: z.string() });
const index = z.looseObject({
  name: z.string(),
  keyPath: z.string().optional(),
  keyPathArray: z.array(z.string()).optional(),
  multiEntry: z.boolean(),
  unique: z.boolean(),
});
const record = z
  .looseObject({})
  .refine((one) => one.value !== undefined || one.valueEncoded !== undefined, "A record has a value or a valueEncoded.");
const store = z.looseObject({
  name: z.string(),
  keyPath: z.string().optional(),
  keyPathArray: z.array(z.string()).optional(),
  autoIncrement: z.boolean(),
  records: z.array(record),
  indexes: z.array(index),
});
const database = z.looseObject({ name: z.string(), version: z.number().int().min(1), stores: z.array(store) });
const originEntry = z.object({
  origin: z
    .string()
    .refine((text) => /^https?:/.test(text) && URL.parse(text)?.origin === text, "This is not an origin like https://example.com."),
  localStorage: z.array(pair).default([]),
  indexedDB: z.array(database).optional(),
});

/** Reads what Playwright's `storageState()` gives, with IndexedDB or without. `raw` is its JSON. */
export function readStorageState(raw: { cookies?: unknown; origins?: unknown }): ReadState {
  const problems = new Problems();
  const { cookies: entries = [], origins: places = [] } = raw;
  if (!Array.isArray(entries)) problems.add("cookies", "This is not an array.");
  if (!Array.isArray(places)) problems.add("origins", "This is not an array.");
  const cookies = Array.isArray(entries) ? readCookieEntries(entries, "cookies", problems) : [];
  const origins = new Map<string, StateOrigin>();
  for (const [at, place] of (Array.isArray(places) ? places : []).entries()) {
    const read = originEntry.safeParse(place);
    if (!read.success) {
      for (const { path, message } of read.error.issues) problems.add(pathOf(`origins[${at}]`, path), message);
    } else if (origins.has(read.data.origin)) {
      problems.add(`origins[${at}].origin`, "This origin is in it twice.");
    } else {
      const { origin, localStorage, indexedDB } = read.data;
      origins.set(origin, { origin, localStorage, ...(indexedDB && indexedDB.length > 0 && { indexedDB }) });
    }
  }
  if (!problems.any && cookies.length + origins.size === 0) problems.add("cookies", "There is neither a cookie nor an origin in it.");
  if (problems.any) return problems.end("storage-state");
  return { ok: true, format: "storage-state", state: { cookies, origins: [...origins.values()] } };
}

/** Only what is Playwright's: what a runner adds for itself is left out. */
export function writeStorageState({ cookies, origins }: ProfileStateData): string {
  return `${JSON.stringify({ cookies, origins }, null, 2)}\n`;
}

function pathOf(at: string, path: PropertyKey[]): string {
  return path.reduce<string>((whole, part) => (typeof part === "number" ? `${whole}[${part}]` : `${whole}.${String(part)}`), at);
}
