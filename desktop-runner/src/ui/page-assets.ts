import { readFile } from "node:fs/promises";

/** In the bundle they lie beside it; from source they are what the last build made. */
const folder = new URL(import.meta.url.endsWith(".ts") ? "../../dist/" : "./", import.meta.url);

const assets: Record<string, { file: string; contentType: string }> = {
  "/": { file: "page.html", contentType: "text/html; charset=utf-8" },
  "/signed-in.html": { file: "signed-in.html", contentType: "text/html; charset=utf-8" },
  "/not-signed-in.html": { file: "not-signed-in.html", contentType: "text/html; charset=utf-8" },
  "/page.js": { file: "page.js", contentType: "text/javascript; charset=utf-8" },
  "/page.css": { file: "page.css", contentType: "text/css; charset=utf-8" },
  "/page.svg": { file: "page.svg", contentType: "image/svg+xml" },
};

/** A file of the page itself, read when it is asked for; undefined for a path that names none. They are no secret. */
export function readAsset(pathname: string): { contentType: string; read(): Promise<Buffer> } | undefined {
  const asset = Object.hasOwn(assets, pathname) ? assets[pathname] : undefined;
  return asset && { contentType: asset.contentType, read: () => readFile(new URL(asset.file, folder)) };
}
