import { existsSync } from "node:fs";
import path from "node:path";
import { installByApt } from "../process/installer.ts";

/**
 * Programs that tests of several server processes, of backups, and of windows where there is no screen need, by the package of Debian that
 * brings them.
 */
const services = {
  "redis-server": "redis-server",
  nginx: "nginx",
  sshd: "openssh-server",
  "ngx_http_dav_ext_module.so": "libnginx-mod-http-dav-ext",
  ...(process.platform === "linux" ? { Xvfb: "xvfb" } : {}),
};

/** Where packages put programs that are for root. */
const places = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];
/** And where they put what nginx loads. */
const modules = ["/usr/lib/nginx/modules", "/usr/share/nginx/modules"];

/**
 * Installs what the tests need and the machine does not have, and puts it on the path.
 * @throws Error with what to install where we cannot
 */
export async function ensureServices(): Promise<void> {
  process.env.PATH = [...new Set(places)].join(path.delimiter);
  const missing = () =>
    Object.entries(services).filter(([program]) => ![...places, ...modules].some((place) => existsSync(path.join(place, program))));
  const wanted = missing();
  if (wanted.length === 0) return;
  const packages = wanted.map(([, name]) => name);
  await installByApt(wanted.map(([program]) => program).join(" and "), packages);
  const left = missing().map(([program]) => program);
  if (left.length > 0)
    throw new Error(`The tests need ${left.join(" and ")}: install them (brew, apt or another package manager) and try again.`);
}
