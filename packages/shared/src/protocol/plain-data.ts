/**
 * Whether a message holds nothing but what JSON and bytes can say, and nothing named `__proto__`: whoever copies that key gives the copy another
 * prototype, as socket.io does with an attachment of that name (4.8), and then the copy fails wherever it is written down. Bytes in the place of
 * an object do the same: where none are expected, they are not plain either.
 */
export function isPlainData(message: unknown, { bytes }: { bytes: boolean }): boolean {
  // no recursion: a peer decides how deep it is
  const left: unknown[] = [message];
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value !== "object" || value === null) continue;
    if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) {
      if (!bytes) return false;
      continue;
    }
    const prototype: unknown = Object.getPrototypeOf(value);
    if (!Array.isArray(value) && prototype !== Object.prototype && prototype !== null) return false;
    if (Object.hasOwn(value, "__proto__")) return false;
    for (const inside of Object.values(value)) left.push(inside);
  }
  return true;
}
