import type { IdentityOs } from "@deskhand/shared/schemas/identity";

export const osWords: Record<IdentityOs, string> = { windows: "Windows", macos: "macOS", linux: "Linux", android: "Android" };
export const osOptions = (Object.keys(osWords) as IdentityOs[]).map((value) => ({ value, label: osWords[value] }));
