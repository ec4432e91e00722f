import type { ApiKeyScope } from "@deskhand/shared/schemas/api-key";

/** What each scope lets a key do. */
export const scopeWords: Record<ApiKeyScope, { label: string; description: string }> = {
  read: { label: "Read", description: "See runners, profiles, workflows, runs and their results." },
  run: { label: "Run", description: "Deploy workflows, cancel runs and run them again." },
  write: { label: "Write", description: "Create, change and delete profiles and workflows." },
  manage: { label: "Manage", description: "Add and disconnect runners, make and revoke API keys." },
};
