import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeNext } from "@/features/account/safe-next";
import { SignInForm } from "@/features/account/sign-in-form";
import { isSignedIn, signInProviders } from "@/trpc/rsc";

export const metadata: Metadata = { title: "Sign in" };

type Query = { next?: string; callbackUrl?: string; error?: string };

export default async function SignInPage({ searchParams }: { searchParams: Promise<Query> }) {
  const { next, error } = await searchParams;
  if (await isSignedIn()) redirect(safeNext(next));
  return <SignInForm next={next} error={error} providers={signInProviders()} />;
}
