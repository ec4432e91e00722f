import { readCookiesJson } from "./cookies-json.ts";
import { readCookiesTxt } from "./cookies-txt.ts";
import { Problems, type ReadState } from "./profile-state.ts";
import { readStorageState } from "./storage-state.ts";

/** Characters of the largest file that is read: a storage state with IndexedDB may be large. */
export const STATE_MAX_LENGTH = 50_000_000;

/** Reads a file of cookies or a storage state; which of them it is, is seen from what is in it. Everything or nothing. */
export function readState(text: string): ReadState {
  const problems = new Problems();
  const bare = text.replace(/^\uFEFF/, "");
  if (bare.length > STATE_MAX_LENGTH) problems.add("line 1", "The file is larger than 50 MB.");
  else if (bare.trim() === "") problems.add("line 1", "The file is empty.");
  if (problems.any) return problems.end(null);
  if (!/^\s*[[{]/.test(bare)) {
    if (looksLikeCookiesTxt(bare)) return readCookiesTxt(bare);
    problems.add("line 1", "This is neither a Playwright storage state, nor a cookies.txt, nor a JSON array of cookies.");
    return problems.end(null);
  }
  let data: unknown;
  try {
    data = JSON.parse(bare);
  } catch (error) {
    problems.add(`line ${lineOf(bare, error)}`, "The JSON is broken here.");
    return problems.end(null);
  }
  if (Array.isArray(data)) return readCookiesJson(data);
  const object = data as Record<string, unknown>;
  if ("cookies" in object || "origins" in object) return readStorageState(object);
  problems.add("line 1", 'This JSON is neither an array of cookies nor a storage state, which has "cookies" and "origins".');
  return problems.end(null);
}

/** By its first words, or by a line that cannot be anything else. */
function looksLikeCookiesTxt(text: string): boolean {
  if (/^\s*# (Netscape )?HTTP Cookie File/i.test(text)) return true;
  const lines = text
    .split(/\r\n|\n|\r/, 200)
    .filter((line) => line.trim() !== "" && (!line.startsWith("#") || line.startsWith("#HttpOnly_")));
  return lines.some((line) => line.split("\t").length >= 6 || /^\S+\s+(TRUE|FALSE)\s+\/\S*\s+(TRUE|FALSE)\s+\d/i.test(line));
}

/** Where the JSON breaks: V8 and Firefox tell it in other words, and neither as a number of its own. */
function lineOf(text: string, error: unknown): number {
  const message = error instanceof Error ? error.message : "";
  const line = /line (\d+)/.exec(message)?.[1];
  if (line) return Number(line);
  const position = /position (\d+)/.exec(message)?.[1];
  return text.slice(0, position === undefined ? text.length : Number(position)).split(/\r\n|\n|\r/).length;
}
