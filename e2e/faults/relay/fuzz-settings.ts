/** What decides all that the fuzzers send; in the names of their tests, so that a failure shows it. */
export const fuzzSeed = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

/** How long each of them goes on, milliseconds. */
export const fuzzMs = process.env.FUZZ_MINUTES === undefined ? 3_000 : Number(process.env.FUZZ_MINUTES) * 60_000;
