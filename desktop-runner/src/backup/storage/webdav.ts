import { randomBytes } from "node:crypto";
import path from "node:path";
import { createClient, type WebDAVClientError } from "webdav";
import { errorOfStatus, networkError, objectFolders, type Storage, StorageError, telling } from "./storage.ts";

export type WebdavConfig = { url: string; user: string; password: string };

/** A folder of a WebDAV server: Nextcloud, a NAS, nginx, Apache. What is half written has another name until it is moved into place. */
export function openWebdav({ url, user, password }: WebdavConfig): Storage {
  const root = new URL(url);
  const credentials = { username: user, password };
  const client = createClient(url, credentials);
  // some servers make a folder only below one that they name
  const above = createClient(new URL(root.pathname.endsWith("/") ? ".." : ".", root).href, credentials);
  const made = new Set<string>();
  const attempt = telling(toStorageError);
  return {
    async list(kind, signal) {
      const found = await attempt(kind, () => client.getDirectoryContents(`/${kind}`, { ...(signal ? { signal } : {}) })).catch(
        nothingThere,
      );
      return (found ?? [])
        .filter(({ type, basename }) => type === "file" && !basename.endsWith(".tmp"))
        .map(({ basename, size, lastmod }) => ({ name: basename, bytes: size, modifiedAt: Date.parse(lastmod) }));
    },
    async get(name, signal) {
      const options = { format: "binary" as const, ...(signal ? { signal } : {}) };
      return Buffer.from((await attempt(name, () => client.getFileContents(`/${name}`, options))) as ArrayBuffer);
    },
    async put(place, content, signal) {
      const [kind, name] = place.split("/") as [string, string];
      const beside = `/${kind}/${name}.${randomBytes(6).toString("hex")}.tmp`;
      const options = signal ? { signal } : {};
      await attempt(place, async () => {
        if (!made.has(kind)) {
          if (!(await client.exists("/"))) await above.createDirectory(`/${path.basename(root.pathname)}`).catch(otherWasFirst);
          if (!(await client.exists(`/${kind}`))) await client.createDirectory(`/${kind}`).catch(otherWasFirst);
          made.add(kind);
        }
        try {
          await client.putFileContents(beside, content, { overwrite: true, ...options });
          await client.moveFile(beside, `/${place}`, { overwrite: true, ...options });
        } catch (error) {
          await client.deleteFile(beside).catch(() => {});
          throw error;
        }
      });
    },
    async delete(name, signal) {
      await attempt(name, () => client.deleteFile(`/${name}`, signal ? { signal } : {})).catch(nothingThere);
    },
    async tidy() {
      for (const kind of objectFolders) {
        const found = (await attempt(kind, () => client.getDirectoryContents(`/${kind}`)).catch(nothingThere)) ?? [];
        for (const { type, basename } of found) {
          if (type !== "file" || !basename.endsWith(".tmp")) continue;
          await attempt(kind, () => client.deleteFile(`/${kind}/${basename}`)).catch(nothingThere);
        }
      }
    },
    async close() {},
  };
}

function otherWasFirst(error: WebDAVClientError): void {
  if (error.status !== 405) throw error;
}

function toStorageError(error: unknown, what: string): unknown {
  if ((error as Error).name === "AbortError") return error;
  const { status } = error as WebDAVClientError;
  // its own words hold the answer's, which are not ours to repeat
  if (status) return errorOfStatus(status, what) ?? new StorageError("BROKEN", what);
  return networkError(error, what);
}

function nothingThere(error: unknown): undefined {
  if (error instanceof StorageError && error.code === "NOT_FOUND") return undefined;
  throw error;
}
