/** "1 cookie", "2 cookies". */
export function countWords(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}
