import { randomUUID } from "node:crypto";
import { type CloudAnswer, type CloudRequest, FakeCloud, must } from "./fake-cloud.ts";
import { FakeConsent, type Owner } from "./fake-consent.ts";

type DriveFile = {
  id: string;
  name: string;
  parents: string[];
  appProperties: Record<string, string>;
  mimeType: string;
  content: Buffer;
  at: number;
};

/** Drive's `files` as developers.google.com/workspace/drive/api/reference/rest/v3/files describes it: search, get, upload, delete; and its sign-in. */
export function fakeGoogleDrive(owner: Owner = { allows: true }): FakeCloud {
  const consent = new FakeConsent(owner);
  const files = new Map<string, DriveFile>();
  const sessions = new Map<string, { id: string | undefined; metadata: Partial<DriveFile>; length: number }>();
  let time = Date.UTC(2026, 0, 1);

  const search = ({ url }: CloudRequest): CloudAnswer => {
    const query = Object.fromEntries(url.searchParams);
    must(query.spaces === "drive" && Number(query.pageSize) <= 1000, "spaces and pageSize");
    must(/files\(.*\bid\b/.test(query.fields ?? "") && /nextPageToken/.test(query.fields ?? ""), "fields");
    const tests = (query.q ?? "")
      .split(" and appProperties has ")
      .flatMap((part, at) => (at === 0 ? part.split(" and ") : [`appProperties has ${part}`]));
    const matches = [...files.values()]
      .filter((file) =>
        tests.every((test) => {
          if (test === "trashed = false") return true;
          const parent = test.match(/^'(.+)' in parents$/)?.[1];
          if (parent) return file.parents.includes(parent);
          const type = test.match(/^mimeType = '(.+)'$/)?.[1];
          if (type) return file.mimeType === type;
          const name = test.match(/^name = '(.+)'$/)?.[1];
          if (name) return file.name === name.replace(/\\(.)/g, "$1");
          const [, key, value, named] = test.match(/^appProperties has \{ key='(\w+)' and value='(\w+)' \}(?: and name = '(.+)')?$/) ?? [];
          must(key !== undefined, `the query ${test}`);
          return file.appProperties[key as string] === value && (named === undefined || file.name === named);
        }),
      )
      .sort((a, b) => b.at - a.at);
    // small pages, so that they are followed
    const from = Number(query.pageToken ?? 0);
    const page = matches.slice(from, from + 3);
    return {
      json: {
        files: page.map(({ id, name, content, at }) => ({
          id,
          name,
          size: String(content.length),
          modifiedTime: new Date(at).toISOString(),
        })),
        ...(from + 3 < matches.length ? { nextPageToken: String(from + 3) } : {}),
      },
    };
  };

  const keep = (id: string | undefined, metadata: Partial<DriveFile>, content: Buffer): CloudAnswer => {
    time += 1_000;
    const before = id ? files.get(id) : undefined;
    const fresh = { id: randomUUID(), name: "Untitled", parents: [], appProperties: {}, mimeType: "application/octet-stream" };
    const file = { ...fresh, ...before, ...metadata, content, at: time } as DriveFile;
    files.set(file.id, file);
    return { json: { id: file.id, name: file.name } };
  };

  return new FakeCloud((request, cloud) => {
    const { method, url, headers, body } = request;
    if (url.pathname === "/token") return consent.giveToken(request, cloud, "secret");
    if (url.pathname === "/device/code") return consent.askByCode(request);
    if (url.pathname === "/o/oauth2/v2/auth") {
      return consent.ask(request, { scope: "https://www.googleapis.com/auth/drive.file", access_type: "offline", prompt: "consent" });
    }
    const refused = cloud.mustBeSignedIn(request);
    if (refused) return refused;
    const id = url.pathname.match(/\/files\/([\w-]+)$/)?.[1];
    if (id && !files.has(id)) return { status: 404, json: { error: { code: 404 } } };
    const file = files.get(id ?? "");
    if (url.pathname.startsWith("/upload/drive/v3/files")) {
      must(url.searchParams.get("uploadType") === "resumable", "uploadType");
      const session = url.searchParams.get("upload_id");
      if (session) {
        const begun = sessions.get(session);
        must(method === "PUT" && begun !== undefined && begun.length === body.length, "the upload's length is what was said");
        return keep(begun.id, begun.metadata, body);
      }
      must(method === (id ? "PATCH" : "POST"), "POST makes, PATCH changes");
      must(/^application\/json/.test(headers["content-type"] ?? ""), "metadata as JSON");
      const key = randomUUID();
      sessions.set(key, { id, metadata: JSON.parse(body.toString()), length: Number(headers["x-upload-content-length"]) });
      return { headers: { location: `${cloud.url}/upload/drive/v3/files?uploadType=resumable&upload_id=${key}` } };
    }
    if (method === "GET" && url.pathname === "/drive/v3/files") return search(request);
    if (method === "POST" && url.pathname === "/drive/v3/files") return keep(undefined, JSON.parse(body.toString()), Buffer.alloc(0));
    if (method === "GET" && file) {
      must(url.searchParams.get("alt") === "media", "alt=media gives the content");
      return { body: file.content };
    }
    must(method === "DELETE" && file !== undefined, "a method of files");
    files.delete(file.id);
    return { status: 204 };
  });
}
