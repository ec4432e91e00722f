/** What a site keeps in a profile and a saved state cannot hold: lost when the profile lives in the shared engine. */
export const profileFlags = ["crypto-key", "blob", "service-worker", "cache-storage", "opfs"] as const;
export type ProfileFlag = (typeof profileFlags)[number];

export function isProfileFlag(flag: string): flag is ProfileFlag {
  return (profileFlags as readonly string[]).includes(flag);
}

const words: Record<ProfileFlag, string> = {
  "crypto-key": "a key that scripts may use but not read",
  blob: "files in a site's database",
  "service-worker": "a service worker, which a site uses to work offline and to show notifications",
  "cache-storage": "a site's own cache",
  opfs: "files in a site's private folder",
};

/** What the flag stands for, as the object of a sentence. */
export function describeProfileFlag(flag: ProfileFlag): string {
  return words[flag];
}
