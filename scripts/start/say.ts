// A terminal that was closed must not break the shutdown which follows from it.
process.stdout.on("error", () => {});
process.stderr.on("error", () => {});

/** Tells the person at the terminal; the lines of a start have no other form than this. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Something the person can mend; it is told without a stack. */
export class StartError extends Error {}
