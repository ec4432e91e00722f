import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { safeNext } from "@/features/account/safe-next";
import { SignUpForm } from "@/features/account/sign-up-form";
import { isSignedIn, signInProviders } from "@/trpc/rsc";

export const metadata: Metadata = { title: "Create your account" };

export default async function SignUpPage({ searchParams }: { searchParams: Promise<{ next?: string }> }) {
  const { next } = await searchParams;
  if (await isSignedIn()) redirect(safeNext(next));
  return <SignUpForm next={next} providers={signInProviders()} />;
}
