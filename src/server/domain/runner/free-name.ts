const MAX_LENGTH = 80;

/** The wanted name, or the first of `name 2`, `name 3`, … that is free; cut so that it stays within 80 characters. Case does not count. */
export function freeName(wanted: string, taken: readonly string[]): string {
  const lower = new Set(taken.map((name) => name.toLowerCase()));
  if (!lower.has(wanted.toLowerCase())) return wanted;
  for (let number = 2; ; number++) {
    const suffix = ` ${number}`;
    const name = `${wanted.slice(0, MAX_LENGTH - suffix.length)}${suffix}`;
    if (!lower.has(name.toLowerCase())) return name;
  }
}
