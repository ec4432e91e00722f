/** The version of the runner and its command line; a test holds it against package.json. */
export const runnerVersion = "0.1.0";
