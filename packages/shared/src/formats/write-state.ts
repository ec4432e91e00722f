import { writeCookiesJson } from "./cookies-json.ts";
import { writeCookiesTxt } from "./cookies-txt.ts";
import type { ProfileStateData, StateFormat } from "./profile-state.ts";
import { writeStorageState } from "./storage-state.ts";

/** The state as a file of this format; those of cookies alone leave the rest out. */
export function writeStateAs(format: StateFormat, state: ProfileStateData): string {
  if (format === "cookies-txt") return writeCookiesTxt(state.cookies);
  if (format === "cookies-json") return writeCookiesJson(state.cookies);
  return writeStorageState(state);
}
