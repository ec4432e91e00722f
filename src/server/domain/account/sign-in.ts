import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { signInByAddress, signInByEmail } from "@/server/limits";
import { forgetLimit, giveBackToLimit, takeFromLimit } from "@/server/rate-limit";
import { verifyPassword } from "./password.ts";

/**
 * Whose address and password these are. An address without an account, an account without a password and a wrong password answer
 * alike, in words and in time. Attempts are counted before the password is looked at, so that many at once do not get past the
 * limit; what succeeded does not count.
 * @throws AppError SIGN_IN_FAILED; RATE_LIMITED
 */
export async function signIn(ctx: Context, input: { email: string; password: string; clientAddress: string }): Promise<{ userId: string }> {
  const email = input.email.trim().toLowerCase();
  await takeFromLimit(ctx.db, signInByAddress, input.clientAddress);
  await takeFromLimit(ctx.db, signInByEmail, email);
  const user = await ctx.db.user.findUnique({ where: { email }, select: { id: true, passwordHash: true } });
  if (!(await verifyPassword(user?.passwordHash ?? null, input.password)) || !user) throw new AppError("SIGN_IN_FAILED");
  await Promise.all([giveBackToLimit(ctx.db, signInByAddress, input.clientAddress), forgetLimit(ctx.db, signInByEmail, email)]);
  return { userId: user.id };
}
