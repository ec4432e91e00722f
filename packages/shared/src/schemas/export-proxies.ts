import type { ProxyScheme } from "./proxy.ts";

type Exported = { name: string | null; scheme: ProxyScheme; host: string; port: number; username: string | null };

/** Where it is, as people write it. */
export function hostAndPort({ host, port }: Pick<Exported, "host" | "port">): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** What people call it. */
export function proxyName(proxy: Pick<Exported, "name" | "host" | "port">): string {
  return proxy.name ?? hostAndPort(proxy);
}

/** A proxy as people write it, without its password. */
export function proxyText({ scheme, host, port, username }: Omit<Exported, "name">): string {
  const user = username === null ? "" : `${encodeURIComponent(username)}@`;
  return `${scheme}://${user}${hostAndPort({ host, port })}`;
}

/** One a line. Passwords are not in it: nobody but the runners can read them. */
export function proxiesAsText(proxies: readonly Exported[]): string {
  return proxies.map((proxy) => `${proxyText(proxy)}\n`).join("");
}

export function proxiesAsJson(proxies: readonly Exported[]): string {
  const rows = proxies.map(({ name, scheme, host, port, username }) => ({ name, scheme, host, port, username }));
  return `${JSON.stringify({ proxies: rows }, null, 2)}\n`;
}
