import * as z from "zod";
import { ask } from "./http.ts";
import { OAuthAccess, type OAuthClient, withAccess } from "./oauth.ts";
import { type Storage, StorageError, type StoredObject } from "./storage.ts";

export type DropboxEndpoints = { api: string; content: string; token: string };

const entry = z.object({ ".tag": z.string(), name: z.string(), size: z.number().optional(), server_modified: z.string().optional() });
const page = z.object({ entries: z.array(entry), cursor: z.string(), has_more: z.boolean() });

/**
 * A folder of a Dropbox, by its HTTP API of version 2 (www.dropbox.com/developers/documentation/http/documentation). With an app that has a
 * folder of its own, `folder` is within that. An upload in one request may be 150 MB, and is there whole or not at all.
 */
export function openDropbox(config: OAuthClient & { folder: string }, endpoints: DropboxEndpoints): Storage {
  const access = new OAuthAccess(endpoints.token, config);
  const root = config.folder.replace(/^\/*|\/*$/g, "");
  const place = (name: string) => `/${root ? `${root}/` : ""}${name}`;
  const call = (method: string, argument: object, what: string, signal: AbortSignal | undefined) =>
    withAccess(access, (authorization) =>
      ask(
        `${endpoints.api}/2/files/${method}`,
        { method: "POST", headers: { ...authorization, "content-type": "application/json" }, body: JSON.stringify(argument), signal },
        what,
        judge,
      ),
    );
  const transfer = (method: string, argument: object, content: Buffer | undefined, what: string, signal: AbortSignal | undefined) =>
    withAccess(access, (authorization) =>
      ask(
        `${endpoints.content}/2/files/${method}`,
        {
          method: "POST",
          headers: {
            ...authorization,
            "dropbox-api-arg": JSON.stringify(argument),
            ...(content ? { "content-type": "application/octet-stream" } : {}),
          },
          ...(content ? { body: content } : {}),
          signal,
        },
        what,
        judge,
      ),
    );
  return {
    async list(kind, signal) {
      const found: StoredObject[] = [];
      let answer = await call("list_folder", { path: place(kind), limit: 2000 }, kind, signal).catch(nothingThere);
      while (answer) {
        const { entries, cursor, has_more } = page.parse(JSON.parse(answer.content.toString()));
        for (const { ".tag": tag, name, size, server_modified } of entries) {
          if (tag === "file") found.push({ name, bytes: size ?? 0, modifiedAt: Date.parse(server_modified ?? "") });
        }
        answer = has_more ? await call("list_folder/continue", { cursor }, kind, signal) : undefined;
      }
      return found;
    },
    get: async (path, signal) => (await transfer("download", { path: place(path) }, undefined, path, signal)).content,
    async put(path, content, signal) {
      await transfer("upload", { path: place(path), mode: "overwrite", mute: true }, content, path, signal);
    },
    async delete(path, signal) {
      await call("delete_v2", { path: place(path) }, path, signal).catch(nothingThere);
    },
    async close() {},
  };
}

/** Its 409 is any refusal of the method itself. */
function judge(status: number, text: string): StorageError | undefined {
  if (status !== 409) return undefined;
  if (/not_found/.test(text)) return new StorageError("NOT_FOUND", "Dropbox");
  if (/insufficient_space/.test(text)) return new StorageError("FULL", "Dropbox");
  if (/too_many_write_operations|too_many_requests/.test(text)) return new StorageError("BUSY", "Dropbox");
  return new StorageError("BROKEN", "Dropbox: HTTP 409");
}

function nothingThere(error: unknown): undefined {
  if (error instanceof StorageError && error.code === "NOT_FOUND") return undefined;
  throw error;
}
