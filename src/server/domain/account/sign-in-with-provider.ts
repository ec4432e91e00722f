import type { Context } from "@/server/context";
import { AppError } from "@/server/errors";
import { createAccount } from "./create-account.ts";

/**
 * Whose account at GitHub or Google this is; a new person when it was never seen.
 *
 * An account with the same address is not joined to it: addresses are not verified at sign-up, so whoever signed up first with
 * somebody else's address would keep a way into that person's account.
 * @throws AppError EMAIL_TAKEN when the address belongs to an account that signs in otherwise; SIGN_IN_FAILED without an address
 */
export async function signInWithProvider(
  ctx: Context,
  input: { provider: string; providerId: string; email: string | null | undefined; name: string | null | undefined },
): Promise<{ userId: string }> {
  const { provider, providerId } = input;
  const known = await ctx.db.externalIdentity.findUnique({
    where: { provider_providerId: { provider, providerId } },
    select: { userId: true },
  });
  if (known) return known;
  if (!input.email) throw new AppError("SIGN_IN_FAILED");
  const name = (input.name?.replace(/\p{Cc}/gu, "").trim() || input.email).slice(0, 80);
  return createAccount(ctx, { name, email: input.email, passwordHash: null }, async (tx, { userId }) => {
    await tx.externalIdentity.create({ data: { userId, provider, providerId, createdAt: ctx.clock.now() } });
  });
}
