/** What the box, the name, the menu and the edges of a row take at least, and what is between two columns; rem, as profile-row.module.css has them. */
const fixed = 2.25 + 9 + 2.25 + 1 + 2 * 0.75;
const gap = 0.75;

/** How many of these columns, from the first, have room in a row of `rem`. `widths` are tracks of a grid, of which the first length is the least. */
export function fittingColumns(widths: readonly string[], rem: number): number {
  let left = rem - fixed;
  const beyond = widths.findIndex((width) => {
    left -= gap + Number.parseFloat(/[\d.]+(?=rem)/.exec(width)?.[0] ?? "0");
    return left < 0;
  });
  return beyond < 0 ? widths.length : beyond;
}
