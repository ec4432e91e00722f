/**
 * Text for Prisma's `contains` and for `equals` with `mode: "insensitive"`: Prisma makes ILIKE of both and leaves `%` and `_` in force.
 */
export function literal(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}
