import { keyOfCookie } from "./cookie.ts";
import type { ProfileStateData } from "./profile-state.ts";

/** What is there with what comes: a cookie or an origin that is in both is the one that comes. */
export function mergeStates(there: ProfileStateData, comes: ProfileStateData): ProfileStateData {
  const cookies = new Map([...there.cookies, ...comes.cookies].map((cookie) => [keyOfCookie(cookie), cookie]));
  const origins = new Map([...there.origins, ...comes.origins].map((place) => [place.origin, place]));
  return { cookies: [...cookies.values()], origins: [...origins.values()] };
}
