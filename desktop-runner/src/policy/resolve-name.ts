import { lookup } from "node:dns/promises";

/** The addresses that a name leads to, in the order of preference. Rejects with an error code of Node when there are none. */
export type Resolve = (host: string) => Promise<string[]>;

/** As long as browsers keep an answer of the system, which does not say for how long it is good; milliseconds. */
const keptMs = 60_000;
const keptAtMost = 1_000;
const kept = new Map<string, { addresses: string[]; until: number }>();

/** Asks the operating system, as a browser does, so that its hosts file and search rules hold. */
export const resolveName: Resolve = async (host) => {
  if (isLocalName(host)) return ["127.0.0.1", "::1"];
  const known = kept.get(host);
  if (known && known.until > performance.now()) return known.addresses;
  const addresses = (await lookup(host, { all: true, order: "verbatim" })).map(({ address }) => address);
  if (kept.size >= keptAtMost) kept.clear();
  kept.set(host, { addresses, until: performance.now() + keptMs });
  return addresses;
};

/** This computer by its meaning, and never asked of the network (RFC 6761, section 6.3). */
export function isLocalName(host: string): boolean {
  return host === "localhost" || host.endsWith(".localhost");
}
