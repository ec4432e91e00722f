import { type IpAddress, type IpRange, isInRange, parseRange } from "./ip-address.ts";

/**
 * Addresses that are not the public internet, by what people call them. Sources: the IANA special-purpose address registries for IPv4
 * and IPv6 (RFC 6890), multicast (RFC 5771, RFC 4291), site-local (RFC 3879).
 */
const named: Record<string, string[]> = {
  loopback: ["127.0.0.0/8", "::1/128"],
  "a private network": ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fec0::/10"],
  "link-local": ["169.254.0.0/16", "fe80::/10"],
  "a carrier's network": ["100.64.0.0/10"],
  "this computer": ["0.0.0.0/8", "::/128"],
  multicast: ["224.0.0.0/4", "ff00::/8"],
  "a reserved address": [
    "192.0.0.0/24",
    "192.0.2.0/24",
    "192.88.99.0/24",
    "198.18.0.0/15",
    "198.51.100.0/24",
    "203.0.113.0/24",
    "240.0.0.0/4",
    "::/96",
    "64:ff9b:1::/48",
    "100::/64",
    "2001::/23",
    "2001:db8::/32",
    "3fff::/20",
  ],
};

const ranges = Object.entries(named).flatMap(([name, texts]) => texts.map((text) => ({ name, range: rangeOf(text) })));
/** IPv6 that carries an IPv4 address to which it is translated: NAT64 in its last 32 bits (RFC 6052), 6to4 after its first 16 (RFC 3056). */
const nat64 = rangeOf("64:ff9b::/96");
const sixToFour = rangeOf("2002::/16");

/** What kind of address this is when it is not one of the public internet; undefined when it is. */
export function specialRangeOf(address: IpAddress): string | undefined {
  if (isInRange(address, nat64)) return specialRangeOf({ family: 4, value: address.value & 0xffffffffn });
  if (isInRange(address, sixToFour)) return specialRangeOf({ family: 4, value: (address.value >> 80n) & 0xffffffffn });
  return ranges.find(({ range }) => isInRange(address, range))?.name;
}

function rangeOf(text: string): IpRange {
  const range = parseRange(text);
  if (!range) throw new Error(`${text} is not a range`);
  return range;
}
