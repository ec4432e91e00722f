import { createHash, randomInt } from "node:crypto";
import type { RateLimit } from "@/server/limits";

/** Crockford's base 32: no I, L, O or U. https://www.crockford.com/base32.html */
const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** How long a code can be used, in milliseconds. */
export const PAIRING_CODE_MS = 10 * 60_000;

/** Tries from one network address that did not pair a runner. */
export const pairingByAddress: RateLimit = { name: "pairing-address", points: 20, seconds: PAIRING_CODE_MS / 1000 };

/** Eight random characters: 40 bits, enough for a code that lives for 10 minutes behind a limit of 20 tries. */
export function makePairingCode(): string {
  return Array.from({ length: 8 }, () => alphabet[randomInt(alphabet.length)]).join("");
}

/** What is stored in the place of a code (without its hyphen). */
export function hashPairingCode(code: string): string {
  return createHash("sha256").update(`deskhand-pairing-code:${code}`).digest("hex");
}

/** As people read it: XXXX-XXXX. */
export function showPairingCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`;
}
