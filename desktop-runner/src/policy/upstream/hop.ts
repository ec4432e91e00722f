import type { ProxyScheme } from "@deskhand/shared/schemas/proxy";

/** One proxy on the way out, with its password in clear: it crosses the pipe to the worker and nothing else. */
export type Hop = {
  id: string;
  scheme: ProxyScheme;
  host: string;
  port: number;
  username: string | null;
  password: string | null;
};

export type Endpoint = { host: string; port: number };

export function hopName({ host, port }: Endpoint): string {
  return `${host.includes(":") ? `[${host}]` : host}:${port}`;
}
