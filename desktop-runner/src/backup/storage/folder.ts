import { randomUUID } from "node:crypto";
import { mkdir, open, readdir, readFile, rename, rm, stat } from "node:fs/promises";
import path from "node:path";
import { type ObjectPath, objectFolders, type Storage, StorageError } from "./storage.ts";

const temporary = /^\.|\.tmp$/;

/**
 * A folder of this computer: another disk, a network drive, or one that a program keeps in step with other places (iCloud Drive,
 * Syncthing). What is half written has a name with a dot before it, which those programs may copy and nobody reads.
 */
export function openFolder(folder: string): Storage {
  const place = (name: string) => path.join(folder, name);
  return {
    async list(kind) {
      const names = await readdir(place(kind)).catch((error) => nothingThere(error, [] as string[]));
      const found = await Promise.all(
        names
          .filter((name) => !temporary.test(name))
          .map(async (name) => {
            const facts = await stat(place(`${kind}/${name}`)).catch((error) => nothingThere(error, undefined));
            return facts?.isFile() ? [{ name, bytes: facts.size, modifiedAt: facts.mtimeMs }] : [];
          }),
      );
      return found.flat();
    },
    async get(name, signal) {
      try {
        return await readFile(place(name), { signal });
      } catch (error) {
        throw toStorageError(error, name);
      }
    },
    async put(name, content) {
      const file = place(name);
      const beside = path.join(path.dirname(file), `.${path.basename(file)}.${randomUUID()}.tmp`);
      try {
        await mkdir(path.dirname(file), { recursive: true, mode: 0o700 });
        const handle = await open(beside, "wx", 0o600);
        try {
          await handle.writeFile(content);
          await handle.sync();
        } finally {
          await handle.close();
        }
        await rename(beside, file);
      } catch (error) {
        await rm(beside, { force: true }).catch(() => {});
        throw toStorageError(error, name);
      }
    },
    async delete(name) {
      await rm(place(name), { force: true }).catch((error) => {
        throw toStorageError(error, name);
      });
    },
    async tidy() {
      for (const kind of objectFolders) {
        const names = await readdir(place(kind)).catch((error) => nothingThere(error, [] as string[]));
        for (const name of names) if (temporary.test(name)) await rm(place(`${kind}/${name}`), { force: true });
      }
    },
    async close() {},
  };
}

function nothingThere<T>(error: unknown, instead: T): T {
  if ((error as NodeJS.ErrnoException).code === "ENOENT") return instead;
  throw toStorageError(error, "the folder");
}

function toStorageError(error: unknown, name: ObjectPath | string): unknown {
  const { code, name: kind } = error as NodeJS.ErrnoException;
  if (kind === "AbortError") return error;
  switch (code) {
    case "ENOENT":
      return new StorageError("NOT_FOUND", name);
    case "EACCES":
    case "EPERM":
    case "EROFS":
      return new StorageError("DENIED", `${name} (${code})`, error);
    case "ENOSPC":
    case "EDQUOT":
      return new StorageError("FULL", name, error);
    case "ENOTDIR":
    case "EISDIR":
      return new StorageError("BROKEN", `${name} (${code})`, error);
    default:
      return new StorageError("UNREACHABLE", `${name} (${code ?? "unknown"})`, error);
  }
}
