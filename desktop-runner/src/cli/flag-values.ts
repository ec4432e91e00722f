import { usageError } from "./failure.ts";

/** A flag's whole number from 1 to `most`; `usual` when it is absent. @throws CliError for another */
export function readCount(flag: string, typed: string | undefined, { usual, most }: { usual: number; most: number }): number {
  const count = Number(typed ?? usual);
  if (Number.isInteger(count) && count >= 1 && count <= most) return count;
  throw usageError(`${flag} must be a whole number from 1 to ${most}.`, `For example: ${flag} ${Math.min(50, most)}`);
}

/** @throws CliError when something was typed that is none of these: “"sleeping" is not a state.” */
export function requireOneOf<T extends string>(noun: string, typed: string | undefined, allowed: readonly T[]): T | undefined {
  if (typed === undefined) return undefined;
  const found = allowed.find((one) => one === typed);
  if (found !== undefined) return found;
  throw usageError(`"${typed}" is not a ${noun}.`, `It is one of: ${allowed.join(", ")}.`);
}
