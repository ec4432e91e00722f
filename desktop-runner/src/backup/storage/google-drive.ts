import * as z from "zod";
import { type Ask, ask } from "./http.ts";
import { OAuthAccess, type OAuthClient, withAccess } from "./oauth.ts";
import { type ObjectPath, type Storage, StorageError, type StoredObject } from "./storage.ts";

export type DriveEndpoints = { api: string; token: string };
const FOLDER_TYPE = "application/vnd.google-apps.folder";

const file = z.object({ id: z.string(), name: z.string(), size: z.string().optional(), modifiedTime: z.string().optional() });
const fileList = z.object({ files: z.array(file), nextPageToken: z.string().optional() });
type DriveFile = z.infer<typeof file>;

/**
 * A folder of a Google Drive, by its API of version 3 (developers.google.com/workspace/drive/api/reference/rest/v3); Google's own client is
 * many times as large as the runner. The scope `drive.file` lets it see what it made itself and nothing else. Names are not unique there: of
 * several with one name the newest counts. Our folders are a property of each file, so that nobody has to make them first.
 */
export function openGoogleDrive(config: OAuthClient & { folderId: string }, endpoints: DriveEndpoints): Storage {
  const client = new DriveClient(config, endpoints);
  const ids = new Map<string, string>();
  const inFolder = (kind: string) =>
    `'${config.folderId}' in parents and trashed = false and appProperties has { key='deskhand' and value='${kind}' }`;
  const find = async (path: ObjectPath, signal: AbortSignal | undefined) => {
    const [kind, name] = split(path);
    return client.search(`${inFolder(kind)} and name = '${name}'`, path, signal);
  };
  return {
    async list(kind, signal) {
      const found = new Map<string, StoredObject>();
      for (const { id, name, size, modifiedTime } of await client.search(inFolder(kind), kind, signal)) {
        if (found.has(name)) continue;
        ids.set(`${kind}/${name}`, id);
        found.set(name, { name, bytes: Number(size ?? 0), modifiedAt: Date.parse(modifiedTime ?? "") });
      }
      return [...found.values()];
    },
    async get(path, signal) {
      const id = ids.get(path) ?? (await find(path, signal))[0]?.id;
      if (!id) throw new StorageError("NOT_FOUND", path);
      return (await client.ask(`/drive/v3/files/${id}?alt=media`, { signal }, path)).content;
    },
    async put(path, content, signal) {
      const [kind, name] = split(path);
      // only these are written twice under one name
      const [before] = kind === "keys" || kind === "locks" ? await find(path, signal) : [];
      const metadata = before ? {} : { name, parents: [config.folderId], appProperties: { deskhand: kind } };
      ids.set(path, await client.upload(before?.id, metadata, content, path, signal));
    },
    async delete(path, signal) {
      for (const { id } of await find(path, signal)) {
        await client.ask(`/drive/v3/files/${id}`, { method: "DELETE", signal }, path).catch(ignoreMissing);
      }
      ids.delete(path);
    },
    async close() {},
  };
}

/** The folder of this name that this client made, else a new one. @returns its id */
export async function findDriveFolder(config: OAuthClient, name: string, endpoints: DriveEndpoints): Promise<string> {
  const client = new DriveClient(config, endpoints);
  const quoted = name.replace(/[\\']/g, "\\$&");
  const found = await client.search(`mimeType = '${FOLDER_TYPE}' and name = '${quoted}' and trashed = false`, "the folder", undefined);
  // two runners may have made one each at the same time: both take the older one
  const oldest = found.at(-1);
  if (oldest) return oldest.id;
  const headers = { "content-type": "application/json" };
  const made = await client.ask(
    "/drive/v3/files",
    { method: "POST", headers, body: JSON.stringify({ name, mimeType: FOLDER_TYPE }) },
    "the folder",
  );
  return file.parse(JSON.parse(made.content.toString())).id;
}

class DriveClient {
  readonly #access: OAuthAccess;
  readonly #api: string;

  constructor(config: OAuthClient, endpoints: DriveEndpoints) {
    this.#access = new OAuthAccess(endpoints.token, config);
    this.#api = endpoints.api;
  }

  ask(path: string, request: Ask, what: string) {
    return withAccess(this.#access, (authorization) =>
      ask(new URL(path, this.#api), { ...request, headers: { ...request.headers, ...authorization } }, what, judge),
    );
  }

  /** Newest first. */
  async search(q: string, what: string, signal: AbortSignal | undefined): Promise<DriveFile[]> {
    const found: DriveFile[] = [];
    let pageToken: string | undefined;
    do {
      const query = new URLSearchParams({
        q,
        fields: "nextPageToken, files(id, name, size, modifiedTime)",
        orderBy: "modifiedTime desc",
        pageSize: "1000",
        spaces: "drive",
        ...(pageToken ? { pageToken } : {}),
      });
      const page = fileList.parse(JSON.parse((await this.ask(`/drive/v3/files?${query}`, { signal }, what)).content.toString()));
      found.push(...page.files);
      pageToken = page.nextPageToken;
    } while (pageToken);
    return found;
  }

  /** A resumable upload in one piece: an upload in one request is for 5 MB and less. @returns the file's id */
  async upload(id: string | undefined, metadata: object, content: Buffer, what: string, signal: AbortSignal | undefined): Promise<string> {
    const begun = await this.ask(
      `/upload/drive/v3/files${id ? `/${id}` : ""}?uploadType=resumable`,
      {
        method: id ? "PATCH" : "POST",
        headers: {
          "content-type": "application/json; charset=UTF-8",
          "x-upload-content-type": "application/octet-stream",
          "x-upload-content-length": String(content.length),
        },
        body: JSON.stringify(metadata),
        signal,
      },
      what,
    );
    const session = begun.headers.get("location");
    // what comes back is an address that we send a token to
    if (!session || new URL(session).origin !== new URL(this.#api).origin) throw new StorageError("BROKEN", `${what}: no upload session`);
    const headers = { "content-type": "application/octet-stream" };
    const done = await this.ask(session, { method: "PUT", headers, body: content, signal }, what);
    return file.parse(JSON.parse(done.content.toString())).id;
  }
}

/** A 403 of Drive may be about its limits. */
function judge(status: number, text: string): StorageError | undefined {
  if (status !== 403) return undefined;
  if (/"(userRateLimitExceeded|rateLimitExceeded|dailyLimitExceeded)"/.test(text))
    return new StorageError("BUSY", "Google Drive's rate limit");
  if (/"storageQuotaExceeded"/.test(text)) return new StorageError("FULL", "Google Drive");
  return undefined;
}

function split(path: ObjectPath): [kind: string, name: string] {
  const at = path.indexOf("/");
  return [path.slice(0, at), path.slice(at + 1)];
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof StorageError) || error.code !== "NOT_FOUND") throw error;
}
