/** An instant of the server's to the second, in UTC: 2026-12-24 18:00:00Z */
export function shortTime(at: string): string {
  return `${at.slice(0, 19).replace("T", " ")}Z`;
}
