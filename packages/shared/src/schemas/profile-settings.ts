import * as z from "zod";
import { identity } from "./identity.ts";
import { onMismatch, proxySetting } from "./proxy-setting.ts";

/** How a profile's browser is held: `shared` is a context in a warm headless browser, `dedicated` a browser process with its own user-data folder. */
export const profileEngine = z.enum(["shared", "dedicated"]);
export type ProfileEngine = z.infer<typeof profileEngine>;

/** What a profile is like, made once and changed by people only; a copy is kept on its runner, which works by it with the server away. */
export const profileSettings = z.object({
  engine: profileEngine.default("shared"),
  /** The device that it shows itself as; null: as the runner's browser is. */
  identity: identity.nullable().default(null),
  proxy: proxySetting.default({ kind: "none" }),
  onMismatch: onMismatch.default("warn"),
  /** What `{{profile.code}}` is made from: a secret of RFC 6238 or an otpauth address, sealed to its runner (age). Null or absent: none. */
  totp: z.string().startsWith("-----BEGIN AGE ENCRYPTED FILE-----").max(5_000).nullable().optional(),
});
export type ProfileSettings = z.infer<typeof profileSettings>;

/** As a profile has them that nobody has configured. */
export const defaultSettings: ProfileSettings = profileSettings.parse({});
