import { existsSync } from "node:fs";
import path from "node:path";
import { installByApt } from "../process/installer.ts";

/** Programs that tests of several server processes need, by the package of Debian that brings them. */
const services = { "redis-server": "redis-server", nginx: "nginx" };

/** Where packages put programs that are for root. */
const places = [...(process.env.PATH ?? "").split(path.delimiter), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];

/**
 * Installs what the tests need and the machine does not have, and puts it on the path.
 * @throws Error with what to install where we cannot
 */
export async function ensureServices(): Promise<void> {
  process.env.PATH = [...new Set(places)].join(path.delimiter);
  const missing = () => Object.entries(services).filter(([program]) => !places.some((place) => existsSync(path.join(place, program))));
  const wanted = missing();
  if (wanted.length === 0) return;
  const packages = wanted.map(([, name]) => name);
  await installByApt(wanted.map(([program]) => program).join(" and "), packages);
  const left = missing().map(([program]) => program);
  if (left.length > 0)
    throw new Error(`The tests need ${left.join(" and ")}: install them (brew, apt or another package manager) and try again.`);
}
