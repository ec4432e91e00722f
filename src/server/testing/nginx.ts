import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { generate } from "selfsigned";
import { vi } from "vitest";
import { startWatchdog } from "../../../scripts/process/watchdog.ts";
import { freePort } from "./redis.ts";

const documented = path.resolve(import.meta.dirname, "../../../docs/deploy/nginx.conf");

export type TestNginx = {
  /** https://127.0.0.1 on a port of its own. */
  url: string;
  /** What a client must trust to get through. */
  certificate: string;
  remove(): Promise<void>;
};

/**
 * nginx with the configuration that the documents give, before these servers. Changed are only its port, its certificate and the
 * servers' addresses. `npm test` installs the program where it is missing.
 */
export async function startTestNginx(servers: string[]): Promise<TestNginx> {
  const port = await freePort();
  const dir = await mkdtemp(path.join(tmpdir(), "deskhand-nginx-"));
  const certificate = await generate([{ name: "commonName", value: "127.0.0.1" }], {
    algorithm: "sha256",
    extensions: [
      { name: "basicConstraints", cA: true },
      { name: "subjectAltName", altNames: [{ type: 7, ip: "127.0.0.1" }] },
    ],
  });
  const place = (name: string) => path.join(dir, name);
  await writeFile(place("cert.pem"), certificate.cert);
  await writeFile(place("key.pem"), certificate.private, { mode: 0o600 });
  const site = (await readFile(documented, "utf8"))
    .replace("listen 443 ssl", `listen 127.0.0.1:${port} ssl`)
    .replace(/ssl_certificate .*;/, `ssl_certificate ${place("cert.pem")};`)
    .replace(/ssl_certificate_key .*;/, `ssl_certificate_key ${place("key.pem")};`)
    .replace(/( +)server 127\.0\.0\.1:3001 (.*)\n.*:3002.*\n/, (_, indent: string, options: string) =>
      servers.map((server) => `${indent}server ${new URL(server).host} ${options}\n`).join(""),
    );
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${place(kind)};`).join("\n");
  await writeFile(place("site.conf"), site);
  await writeFile(
    place("nginx.conf"),
    `${process.getuid?.() === 0 ? "user root;" : ""}
daemon off;
worker_processes 1;
pid ${place("pid")};
error_log ${place("error.log")};
events {}
http {
  access_log off;
  ${temporary}
  include ${place("site.conf")};
}
`,
  );
  const watchdog = startWatchdog();
  watchdog.removeFolder(dir);
  const child = spawn("nginx", ["-c", place("nginx.conf"), "-p", dir], {
    stdio: ["ignore", "ignore", "inherit"],
    env: { ...process.env, PATH: `${process.env.PATH}:/usr/sbin` },
  });
  const failed = new Promise<never>((_, reject) => {
    child.once("error", (error) => reject(new Error("nginx is not installed (npm test installs it)", { cause: error })));
    child.once("exit", (code) => reject(new Error(`nginx ended with code ${code}`)));
  });
  failed.catch(() => {});
  if (child.pid) watchdog.guard(child.pid, "SIGTERM");
  const listens = async () => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect").finally(() => socket.destroy());
  };
  await Promise.race([failed, vi.waitFor(listens, { interval: 50 })]);
  return {
    url: `https://127.0.0.1:${port}`,
    certificate: certificate.cert,
    async remove() {
      const gone = once(child, "exit");
      child.kill("SIGTERM");
      await gone;
      if (child.pid) watchdog.forget(child.pid);
      watchdog.release();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
