/** An IP address as a number. An IPv4 address that is mapped into IPv6 (::ffff:a.b.c.d) is that IPv4 address. */
export type IpAddress = { family: 4 | 6; value: bigint };
export type IpRange = { address: IpAddress /** Leading bits that count: 0 to 32, or 0 to 128. */; bits: number };

const mappedPrefix = 0xffffn << 32n;

/** Reads an address as it is written in full: dotted IPv4, or IPv6 with or without brackets. Undefined for anything else. */
export function parseAddress(text: string): IpAddress | undefined {
  const four = parseFour(text);
  if (four !== undefined) return { family: 4, value: four };
  const bare = /^\[(.*)\]$/.exec(text)?.[1] ?? text;
  // the URL parser knows every way to write one; a zone (fe80::1%eth0) is none of them
  const written = bare.includes(":") ? URL.parse(`http://[${bare}]/`)?.hostname.slice(1, -1) : undefined;
  return written === undefined ? undefined : unmapped(parseCanonicalSix(written));
}

/** Reads `address/bits`. Undefined when it is none, or has bits set beyond the prefix's own. */
export function parseRange(text: string): IpRange | undefined {
  const parts = /^([^/]+)\/(\d{1,3})$/.exec(text);
  const address = parts?.[1] ? parseAddress(parts[1]) : undefined;
  const bits = Number(parts?.[2]);
  if (!address || bits > sizeOf(address)) return undefined;
  const rest = BigInt(sizeOf(address) - bits);
  return (address.value >> rest) << rest === address.value ? { address, bits } : undefined;
}

export function isInRange(address: IpAddress, range: IpRange): boolean {
  if (address.family !== range.address.family) return false;
  const rest = BigInt(sizeOf(address) - range.bits);
  return address.value >> rest === range.address.value >> rest;
}

export function sizeOf({ family }: IpAddress): 32 | 128 {
  return family === 4 ? 32 : 128;
}

function parseFour(text: string): bigint | undefined {
  const parts = text.split(".");
  if (parts.length !== 4 || parts.some((part) => !/^(0|[1-9]\d{0,2})$/.test(part) || Number(part) > 255)) return undefined;
  return parts.reduce((value, part) => (value << 8n) | BigInt(part), 0n);
}

/** The form that the URL parser gives: hexadecimal groups, at most one "::". */
function parseCanonicalSix(text: string): bigint {
  const [head = "", tail] = text.split("::");
  const groups = (side: string) => (side === "" ? [] : side.split(":"));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const zeros = Array<string>(8 - before.length - after.length).fill("0");
  return [...before, ...zeros, ...after].reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

function unmapped(value: bigint): IpAddress {
  return value >> 32n === mappedPrefix >> 32n ? { family: 4, value: value & 0xffffffffn } : { family: 6, value };
}
