import type { AuthOptions } from "next-auth";
import Credentials from "next-auth/providers/credentials";
import GitHub from "next-auth/providers/github";
import Google from "next-auth/providers/google";
import * as z from "zod";
import type { Context } from "@/server/context";
import { signIn } from "@/server/domain/account/sign-in";
import { signInWithProvider } from "@/server/domain/account/sign-in-with-provider";
import { authenticateSession } from "@/server/domain/session/authenticate-session";
import { createSession } from "@/server/domain/session/create-session";
import { endSession } from "@/server/domain/session/end-session";
import type { Env } from "@/server/env";
import { AppError, toAppError } from "@/server/errors";
import { COOKIE_SECONDS, usesSecureCookies } from "@/server/session-cookie";

/** What a sign-in may be, before it is known to be one. Lengths are bounded since hashing costs. */
const credentials = z.object({ email: z.string().max(254), password: z.string().min(1).max(200) });

type Provider = AuthOptions["providers"][number];

/** The providers that the environment configures, besides e-mail and password. */
export function configuredProviders(env: Env): ("github" | "google")[] {
  return [...(env.GITHUB_CLIENT_ID ? (["github"] as const) : []), ...(env.GOOGLE_CLIENT_ID ? (["google"] as const) : [])];
}

/**
 * next-auth for one request. Its token holds nothing but the token of our session row; the row decides whether somebody is signed
 * in. A refused sign-in gives next-auth's `error` one of our error codes.
 */
export function createAuthOptions(env: Env, ctx: Context, caller: { clientAddress: string; userAgent: string | null }): AuthOptions {
  /** Handed from the check of who it is to the making of the cookie, within this one request. */
  let issued: string | undefined;
  const issue = async (userId: string) => {
    issued = (await createSession(ctx, { userId, userAgent: caller.userAgent })).token;
  };

  const providers: Provider[] = [
    Credentials({
      credentials: { email: { type: "email" }, password: { type: "password" } },
      async authorize(input) {
        const parsed = credentials.safeParse(input);
        try {
          if (!parsed.success) throw new AppError("SIGN_IN_FAILED");
          const { userId } = await signIn(ctx, { ...parsed.data, clientAddress: caller.clientAddress });
          await issue(userId);
          return { id: userId };
        } catch (error) {
          throw codeOnly(ctx, error);
        }
      },
    }),
  ];
  if (env.GITHUB_CLIENT_ID && env.GITHUB_CLIENT_SECRET) {
    providers.push(GitHub({ clientId: env.GITHUB_CLIENT_ID, clientSecret: env.GITHUB_CLIENT_SECRET }));
  }
  if (env.GOOGLE_CLIENT_ID && env.GOOGLE_CLIENT_SECRET) {
    providers.push(Google({ clientId: env.GOOGLE_CLIENT_ID, clientSecret: env.GOOGLE_CLIENT_SECRET }));
  }

  return {
    secret: env.AUTH_SECRET,
    useSecureCookies: usesSecureCookies(env),
    session: { strategy: "jwt", maxAge: COOKIE_SECONDS },
    pages: { signIn: "/sign-in", signOut: "/sign-in", error: "/sign-in" },
    providers,
    callbacks: {
      async signIn({ user, account }) {
        if (account?.type === "credentials") return issued !== undefined;
        if (!account) return false;
        try {
          const { provider, providerAccountId: providerId } = account;
          const { userId } = await signInWithProvider(ctx, { provider, providerId, email: user.email, name: user.name });
          await issue(userId);
          return true;
        } catch (error) {
          return `/sign-in?error=${codeOnly(ctx, error).message}`;
        }
      },
      async jwt({ token, account }) {
        if (account) return { sessionToken: issued };
        const alive = typeof token.sessionToken === "string" && (await authenticateSession(ctx, token.sessionToken));
        // next-auth removes the cookie when this throws
        if (!alive) throw new Error("the session is over");
        return { sessionToken: token.sessionToken };
      },
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: {
      async signOut({ token }) {
        if (typeof token?.sessionToken === "string") await endSession(ctx, token.sessionToken);
      },
    },
    logger: {
      // codes only: the details may hold addresses and tokens
      error: (code) => ctx.logger[code === "JWT_SESSION_ERROR" ? "debug" : "warn"]({ authError: code }, "sign-in failed"),
      warn: (code) => ctx.logger.debug({ authWarning: code }, "sign-in warned"),
      debug: () => {},
    },
  };
}

/** next-auth shows an error's message to the browser: ours is the code and nothing else. */
function codeOnly(ctx: Context, error: unknown): Error {
  const app = toAppError(error);
  if (app.code === "INTERNAL") ctx.logger.error({ err: app.cause }, "a sign-in failed");
  return new Error(app.code);
}
