import type { AccountView } from "@deskhand/shared/schemas/account";
import type { Context } from "@/server/context";
import { signUpByAddress } from "@/server/limits";
import { takeFromLimit } from "@/server/rate-limit";
import { createAccount } from "./create-account.ts";
import { hashPassword } from "./password.ts";
import { accountView } from "./view.ts";

/**
 * A new account with a first project. Signing in is a second call.
 *
 * A taken address is told as EMAIL_TAKEN. Hiding it would need a mail to the address, which an installation without a mail server
 * cannot send; a person who forgot that they have an account would then wait for ever. The limit by network address keeps it from
 * being asked for lists of addresses.
 * @param clientAddress the network address that asks
 * @throws AppError EMAIL_TAKEN; RATE_LIMITED
 */
export async function signUp(
  ctx: Context,
  input: { name: string; email: string; password: string },
  clientAddress: string,
): Promise<AccountView> {
  await takeFromLimit(ctx.db, signUpByAddress, clientAddress);
  const passwordHash = await hashPassword(input.password);
  const { userId } = await createAccount(ctx, { name: input.name, email: input.email, passwordHash });
  return accountView(await ctx.db.user.findUniqueOrThrow({ where: { id: userId } }));
}
