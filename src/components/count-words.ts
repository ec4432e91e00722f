/** So many of something whose plural has an s: 1 profile, 1,200 profiles. */
export function countWords(count: number, noun: string): string {
  return `${count.toLocaleString("en")} ${noun}${count === 1 ? "" : "s"}`;
}
