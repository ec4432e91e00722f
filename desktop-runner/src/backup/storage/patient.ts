import pLimit from "p-limit";
import pRetry from "p-retry";
import { networkError, type Storage, StorageError } from "./storage.ts";

export type Patience = {
  /** Tries after the first one. */
  retries: number;
  /** The wait before the second try, which doubles up to a minute, milliseconds. */
  waitMs: number;
  /** How long one try may take, milliseconds. */
  timeoutMs: number;
  /** Requests under way at once. */
  concurrency: number;
  signal?: AbortSignal | undefined;
};

export const usualPatience: Patience = { retries: 5, waitMs: 1_000, timeoutMs: 120_000, concurrency: 4 };

/** The storage with tries, a time limit for each, and not too much at once. Each of its operations may be done twice without harm. */
export function patient(storage: Storage, patience: Patience): Storage {
  const limit = pLimit(patience.concurrency);
  const attempt = <T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    limit(() =>
      pRetry(
        async () => {
          patience.signal?.throwIfAborted();
          const late = AbortSignal.timeout(patience.timeoutMs);
          const signal = patience.signal ? AbortSignal.any([late, patience.signal]) : late;
          return await withSignal(work(signal), signal, late, what);
        },
        {
          retries: patience.retries,
          minTimeout: patience.waitMs,
          maxTimeout: 60_000,
          randomize: true,
          ...(patience.signal ? { signal: patience.signal } : {}),
          shouldRetry: ({ error }) => error instanceof StorageError && error.isPassing,
        },
      ),
    );
  return {
    list: (folder) => attempt(folder, (signal) => storage.list(folder, signal)),
    get: (path) => attempt(path, (signal) => storage.get(path, signal)),
    put: (path, content) => attempt(path, (signal) => storage.put(path, content, signal)),
    delete: (path) => attempt(path, (signal) => storage.delete(path, signal)),
    tidy: () => attempt("what is half written", async () => storage.tidy?.()),
    close: () => storage.close(),
  };
}

/** A client that does not listen to the signal must not hold us up either. */
async function withSignal<T>(work: Promise<T>, signal: AbortSignal, late: AbortSignal, what: string): Promise<T> {
  let stop: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(late.aborted ? new StorageError("TIMED_OUT", what) : signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener("abort", stop);
  });
  try {
    return await Promise.race([work, aborted]);
  } catch (error) {
    if (error instanceof StorageError || error === signal.reason) throw error;
    throw networkError(error, what);
  } finally {
    signal.removeEventListener("abort", stop);
    aborted.catch(() => {});
  }
}
