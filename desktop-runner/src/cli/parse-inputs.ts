import { usageError } from "./failure.ts";

/** `name=value` pairs. @throws CliError USAGE */
export function parseInputs(pairs: readonly string[]): Record<string, string> {
  const given: Record<string, string> = Object.create(null);
  for (const pair of pairs) {
    const at = pair.indexOf("=");
    // the pair itself is not repeated: it may be a secret
    if (at < 1) throw usageError("An --input is not of the form name=value.", "For example: --input city=Lisbon");
    given[pair.slice(0, at)] = pair.slice(at + 1);
  }
  return given;
}
