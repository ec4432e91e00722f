import type { RefusalView } from "@deskhand/shared/schemas/runner";
import type { Refusal } from "@/server/generated/prisma/client";

export function viewRefusal({ id, runId, kind, rule, subject, count, fatal, firstAt, lastAt }: Refusal): RefusalView {
  return { id, runId, kind, rule, subject, count, fatal, firstAt: firstAt.toISOString(), lastAt: lastAt.toISOString() };
}
