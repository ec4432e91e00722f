import { isDeepStrictEqual } from "node:util";
import { choicesOf, type Identity, type IdentityOs, withChoicesOf } from "@deskhand/shared/schemas/identity";
import type { deviceWish } from "@deskhand/shared/schemas/profile";
import { defaultSettings, type ProfileSettings } from "@deskhand/shared/schemas/profile-settings";
import { v7 as uuid } from "uuid";
import type * as z from "zod";
import { generateIdentity } from "@/server/clients/identity-generator";

type Wish = z.output<typeof deviceWish>;
type Runner = { platform: string };

const systems: Record<string, IdentityOs> = { win32: "windows", darwin: "macos", linux: "linux" };

/** What a profile is like that is made now on this runner: a device of its own, in the languages and time of whoever makes it. */
export async function newSettings(runner: Runner, wish: Wish = {}): Promise<ProfileSettings> {
  return { ...defaultSettings, identity: await newIdentity(runner, wish) };
}

/** With the system of the runner's computer unless another is asked for: what no browser can change (fonts, graphics) fits that alone. */
export function newIdentity({ platform }: Runner, { os, languages, timeZone, seed }: Wish): Promise<Identity> {
  return generateIdentity({
    seed: seed ?? uuid(),
    os: os ?? systems[platform] ?? "linux",
    languages: languages ?? ["en-US", "en"],
    timeZone: timeZone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
}

/** Another device of the kind of this one, with what somebody chose of it. Of those that are drawn, one that a site can tell from it. */
export async function identityLike(original: Identity): Promise<Identity> {
  const draw = async () => withChoicesOf(original, await generateIdentity({ ...choicesOf(original), seed: uuid() }));
  let fresh = await draw();
  for (let more = 5; more > 0 && isDeepStrictEqual({ ...fresh, seed: "" }, { ...original, seed: "" }); more--) fresh = await draw();
  return fresh;
}
