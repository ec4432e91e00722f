import { type ApiKeyView, apiKeyScope } from "@deskhand/shared/schemas/api-key";

/** What a view needs of a key besides its own row. */
export const apiKeyInclude = { createdBy: { select: { name: true } } } as const;

type Row = {
  id: string;
  name: string;
  prefix: string;
  scopes: string[];
  createdBy: { name: string };
  createdAt: Date;
  lastUsedAt: Date | null;
  revokedAt: Date | null;
};

export function apiKeyView(key: Row): ApiKeyView {
  return {
    id: key.id,
    name: key.name,
    prefix: key.prefix,
    scopes: key.scopes.flatMap((scope) => apiKeyScope.safeParse(scope).data ?? []),
    createdBy: key.createdBy.name,
    createdAt: key.createdAt.toISOString(),
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}
