import type { AccountView } from "@deskhand/shared/schemas/account";

type Row = { id: string; email: string; name: string; isOperator: boolean; createdAt: Date };

export function accountView(user: Row): AccountView {
  return { id: user.id, email: user.email, name: user.name, isOperator: user.isOperator, createdAt: user.createdAt.toISOString() };
}
