/** Can this page seal? Browsers offer the cryptography only on https and on localhost. */
export function canSeal(): boolean {
  return typeof globalThis.crypto?.subtle === "object";
}
