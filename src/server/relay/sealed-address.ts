import { openText, sealText } from "@/server/seal";

/**
 * This process's address as a part of a path that outsiders carry and other processes read: they cannot see it, and cannot make one
 * that leads elsewhere.
 */
export function sealAddress(secret: string, address: string): string {
  return sealText(secret, "deskhand-instance-address", address);
}

/** The address, or undefined for anything that {@link sealAddress} did not make with this secret. */
export function openAddress(secret: string, text: string): URL | undefined {
  const address = openText(secret, "deskhand-instance-address", text);
  return address === undefined ? undefined : (URL.parse(address) ?? undefined);
}
