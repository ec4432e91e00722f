import { randomFillSync } from "node:crypto";
import { v7 } from "uuid";

const BYTES = 16;
// asking the kernel for the randomness of each id alone takes longer than all the rest of a command's row
const pool = Buffer.alloc(256 * BYTES);
let used = pool.length;
let msecs = 0;
let seq = 0;

/** A UUID of version 7 that sorts after those that this process has made before, also within a millisecond. */
export function newId(): string {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const random = pool.subarray(used, used + BYTES);
  used += BYTES;
  const now = Date.now();
  if (now > msecs) {
    msecs = now;
    // half of the numbers are left to count with
    seq = random.readUInt32BE(6) & 0x7fff_ffff;
  } else {
    seq = (seq + 1) | 0;
    if (seq === 0) msecs += 1;
  }
  return v7({ random, msecs, seq });
}
