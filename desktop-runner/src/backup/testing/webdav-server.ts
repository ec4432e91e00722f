import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePort, startServerProcess } from "./server-process.ts";

export type WebdavServer = { url: string; folder: string; user: string; password: string; stop(): Promise<void> };

const modules = ["/usr/lib/nginx/modules", "/usr/share/nginx/modules", "/usr/local/lib/nginx/modules", "/opt/homebrew/lib/nginx/modules"];

/** nginx as a WebDAV server on loopback. `npm test` installs it and its module where they are missing. */
export async function startWebdavServer(): Promise<WebdavServer> {
  const folder = mkdtempSync(path.join(tmpdir(), "deskhand-webdav-"));
  const inside = (name: string) => path.join(folder, name);
  const extension = modules.map((place) => path.join(place, "ngx_http_dav_ext_module.so")).find((file) => existsSync(file));
  if (!extension) throw new Error("nginx has no WebDAV extension (npm test installs libnginx-mod-http-dav-ext)");
  const [user, password] = ["ann", "only for this test"];
  const digest = createHash("sha1").update(password).digest("base64");
  writeFileSync(inside("users"), `${user}:{SHA}${digest}\n`);
  mkdirSync(inside("files"));
  const port = await freePort();
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${inside(kind)};`).join("\n");
  writeFileSync(
    inside("nginx.conf"),
    `${process.getuid?.() === 0 ? "user root;" : ""}
load_module ${extension};
daemon off;
worker_processes 1;
pid ${inside("pid")};
error_log ${inside("error.log")};
events {}
http {
  access_log off;
  ${temporary}
  client_max_body_size 64m;
  server {
    listen 127.0.0.1:${port};
    root ${inside("files")};
    auth_basic "files";
    auth_basic_user_file ${inside("users")};
    location / {
      dav_methods PUT DELETE MKCOL COPY MOVE;
      dav_ext_methods PROPFIND OPTIONS;
    }
  }
}
`,
  );
  const stop = await startServerProcess({ command: "nginx", args: ["-c", inside("nginx.conf"), "-p", folder], port, folder });
  return {
    url: `http://127.0.0.1:${port}/backup`,
    folder: inside("files"),
    user,
    password,
    stop,
  };
}
