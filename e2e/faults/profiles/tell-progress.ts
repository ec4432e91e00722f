/** Says how far a long run has come, every fiftieth time: one that is stopped has proven so much. */
export function tellProgress(what: string, done: number, of: number): void {
  if (done % 50 === 0) process.stderr.write(`${what}: ${done} of ${of}\n`);
}
