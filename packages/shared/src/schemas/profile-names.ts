/** The place of the number in a pattern of names, like `Shop {n}` or, with at least three digits, `Shop {n:03}`. */
const place = /\{n(?::0?([1-9]))?\}/gu;

/** The names that a pattern gives, counted from `start`. A pattern without a place for the number has it put at its end. */
export function namesOf(pattern: string, count: number, start = 1): string[] {
  const whole = pattern.search(place) < 0 ? (count === 1 ? pattern : `${pattern} {n}`) : pattern;
  return Array.from({ length: count }, (_, index) =>
    whole.replaceAll(place, (_match, digits: string | undefined) => String(start + index).padStart(Number(digits ?? 1), "0")),
  );
}

/** A name for a copy: `Shop (copy)`, then `Shop (copy 2)`; those in `taken`, in lower case, are passed over. Cut to 80 characters. */
export function copyName(name: string, taken: { has(lower: string): boolean }): string {
  return freeName(name.replace(/ \(copy(?: \d+)?\)$/u, ""), "copy", taken);
}

/** `Shop (kept)` for the word `kept`, then `Shop (kept 2)`, otherwise as {@link copyName}. */
export function freeName(name: string, word: string, taken: { has(lower: string): boolean }): string {
  for (let n = 1; ; n++) {
    const end = n === 1 ? ` (${word})` : ` (${word} ${n})`;
    const made = `${name.slice(0, 80 - end.length)}${end}`;
    if (!taken.has(made.toLowerCase())) return made;
  }
}
