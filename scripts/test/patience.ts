import { vi } from "vitest";

/** How long a test waits for a state that has to come; milliseconds. Long, because only a failure waits so long: a busy machine is none. */
export const patienceMs = 60_000;

const { waitFor, waitUntil } = vi;
type Options = Parameters<typeof waitFor>[1];

const patient = (options: Options) => (typeof options === "number" ? options : { timeout: patienceMs, ...options });

/** Vitest gives up after one second unless it is told otherwise each time. */
vi.waitFor = (check, options) => waitFor(check, patient(options));
vi.waitUntil = (check, options) => waitUntil(check, patient(options));
