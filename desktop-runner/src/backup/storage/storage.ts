/** The kinds of objects that a repository consists of; each is a folder of the storage. */
export const objectFolders = ["keys", "packs", "indexes", "snapshots", "locks"] as const;
export type ObjectFolder = (typeof objectFolders)[number];
export type ObjectPath = `${ObjectFolder}/${string}`;

export type StoredObject = {
  /** Without its folder. */
  name: string;
  bytes: number;
  /** By the storage's clock, milliseconds since the epoch. */
  modifiedAt: number;
};

/**
 * Where a repository lies. It is trusted with keeping things and with nothing else: it sees sizes, times and names that are keyed hashes.
 * Objects are at most some MB (packs of 8), so each is read and written in one piece.
 */
export type Storage = {
  /** All objects of a folder, in any order; none when it has no such folder. What is half written is not listed. */
  list(folder: ObjectFolder, signal?: AbortSignal): Promise<StoredObject[]>;
  /** @throws StorageError NOT_FOUND */
  get(path: ObjectPath, signal?: AbortSignal): Promise<Buffer>;
  /** Whole or not at all, over what has the name. */
  put(path: ObjectPath, content: Buffer, signal?: AbortSignal): Promise<void>;
  /** Is content with one that is not there. */
  delete(path: ObjectPath, signal?: AbortSignal): Promise<void>;
  /** Removes what writers that were broken off left half written; where there can be such, and only while nobody writes. */
  tidy?(): Promise<void>;
  /** Lets go of connections. */
  close(): Promise<void>;
};

export type StorageErrorCode =
  | "NOT_FOUND"
  /** The credentials are wrong, or not enough. */
  | "DENIED"
  | "FULL"
  | "UNREACHABLE"
  | "TIMED_OUT"
  /** It asks to come back later. */
  | "BUSY"
  /** Another server than the one that was set up, by its key. */
  | "HOST_KEY_CHANGED"
  /** It answers what makes no sense. */
  | "BROKEN";

/** Has each request fail with a StorageError (or as given up), whatever the client of that storage throws; `what` names it for people. */
export function telling(toStorageError: (error: unknown, what: string) => unknown) {
  return async <T>(what: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toStorageError(error, what);
    }
  };
}

/** What a storage did not do. `detail` is for people, and holds no credential. */
export class StorageError extends Error {
  readonly code: StorageErrorCode;

  constructor(code: StorageErrorCode, detail: string, cause?: unknown) {
    super(`${code}: ${detail}`, { cause });
    this.code = code;
  }

  /** Another try may succeed. */
  get isPassing(): boolean {
    return this.code === "UNREACHABLE" || this.code === "TIMED_OUT" || this.code === "BUSY";
  }
}

/** What an HTTP status says of a storage; undefined for success. */
export function errorOfStatus(status: number, what: string): StorageError | undefined {
  if (status < 400) return undefined;
  if (status === 404 || status === 410) return new StorageError("NOT_FOUND", what);
  if (status === 401 || status === 403) return new StorageError("DENIED", `${what}: HTTP ${status}`);
  if (status === 507 || status === 413) return new StorageError("FULL", `${what}: HTTP ${status}`);
  if (status === 408) return new StorageError("TIMED_OUT", what);
  if (status === 423 || status === 425 || status === 429) return new StorageError("BUSY", `${what}: HTTP ${status}`);
  return new StorageError(status >= 500 ? "UNREACHABLE" : "BROKEN", `${what}: HTTP ${status}`);
}

/** What a failure of the network means. Passes on what is a StorageError already. */
export function networkError(error: unknown, what: string): StorageError {
  if (error instanceof StorageError) return error;
  const { name } = error as Error;
  const code = (error as NodeJS.ErrnoException).code ?? ((error as Error).cause as NodeJS.ErrnoException | undefined)?.code;
  if (name === "TimeoutError" || code === "ETIMEDOUT") return new StorageError("TIMED_OUT", what, error);
  return new StorageError("UNREACHABLE", `${what}${code ? ` (${code})` : ""}`, error);
}
