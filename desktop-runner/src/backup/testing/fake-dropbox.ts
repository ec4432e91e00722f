import { type CloudAnswer, type CloudRequest, FakeCloud, must } from "./fake-cloud.ts";
import { FakeConsent, type Owner } from "./fake-consent.ts";

/** Dropbox's /2/files as www.dropbox.com/developers/documentation/http/documentation describes it, and its sign-in. */
export function fakeDropbox(owner: Owner = { allows: true }): FakeCloud {
  const consent = new FakeConsent(owner);
  const files = new Map<string, { content: Buffer; at: number }>();
  const cursors = new Map<string, string[]>();
  let time = Date.UTC(2026, 0, 1);
  const notFound: CloudAnswer = { status: 409, json: { error_summary: "path/not_found/..", error: { ".tag": "path" } } };
  const facts = (path: string) => {
    const file = files.get(path) as { content: Buffer; at: number };
    const modified = new Date(file.at).toISOString().replace(".000", "");
    return { ".tag": "file", name: path.split("/").at(-1), path_lower: path, size: file.content.length, server_modified: modified };
  };
  const pageOf = (paths: string[]): CloudAnswer => {
    const cursor = `cursor-${cursors.size}`;
    // small pages, so that they are followed
    cursors.set(cursor, paths.slice(3));
    return { json: { entries: paths.slice(0, 3).map(facts), cursor, has_more: paths.length > 3 } };
  };
  const argumentOf = ({ headers, body, url }: CloudRequest) => {
    const inHeader = /\/(upload|download)$/.test(url.pathname);
    if (!inHeader) must(headers["content-type"] === "application/json", "an RPC call is JSON");
    if (url.pathname.endsWith("/upload")) must(headers["content-type"] === "application/octet-stream", "an upload's content type");
    if (url.pathname.endsWith("/download")) must(headers["content-type"] === undefined && body.length === 0, "a download has no body");
    return JSON.parse(inHeader ? String(headers["dropbox-api-arg"]) : body.toString());
  };

  return new FakeCloud((request, cloud) => {
    const { method, url, body } = request;
    if (url.pathname === "/oauth2/token") return consent.giveToken(request, cloud, null);
    if (url.pathname === "/oauth2/authorize") return consent.ask(request, { token_access_type: "offline" });
    const refused = cloud.mustBeSignedIn(request);
    if (refused) return refused;
    must(method === "POST", "everything is a POST");
    const argument = argumentOf(request);
    if (argument.path !== undefined) must(/^\/[^/].*[^/]$/.test(argument.path), "a path begins with a slash and does not end with one");
    switch (url.pathname) {
      case "/2/files/list_folder": {
        must(argument.limit >= 1 && argument.limit <= 2000, "limit");
        const inside = [...files.keys()].filter((path) => path.startsWith(`${argument.path}/`));
        return inside.length === 0 ? notFound : pageOf(inside);
      }
      case "/2/files/list_folder/continue":
        must(cursors.has(argument.cursor), "a cursor that was given");
        return pageOf(cursors.get(argument.cursor) as string[]);
      case "/2/files/download": {
        const file = files.get(argument.path);
        return file ? { body: file.content } : notFound;
      }
      case "/2/files/upload":
        must(argument.mode === "overwrite" && body.length <= 150 * 1024 * 1024, "mode and size");
        time += 1_000;
        files.set(argument.path, { content: body, at: time });
        return { json: facts(argument.path) };
      case "/2/files/delete_v2":
        return files.delete(argument.path)
          ? { json: { metadata: {} } }
          : { ...notFound, json: { error_summary: "path_lookup/not_found/." } };
      default:
        throw new Error("there is no such method");
    }
  });
}
