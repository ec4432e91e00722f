import type { AccountView } from "@deskhand/shared/schemas/account";
import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { requirePerson } from "./policy.ts";
import { accountView } from "./view.ts";

/** The signed-in person. */
export async function getAccount(ctx: Context): Promise<AccountView> {
  const { userId } = requirePerson(ctx);
  const user = await ctx.db.user.findUnique({ where: { id: userId } });
  if (!user) throw new AppError("UNAUTHENTICATED");
  return accountView(user);
}
