import { notFound, redirect } from "next/navigation";
import type { ReactNode } from "react";
import { AfterMount } from "@/components/after-mount";
import { AdminShell, AdminSkeleton } from "@/features/admin/admin-shell";
import { askedPath, isOperator, isSignedIn } from "@/trpc/rsc";

export default async function AdminLayout({ children }: { children: ReactNode }) {
  if (!(await isSignedIn())) redirect(`/sign-in?next=${encodeURIComponent(await askedPath())}`);
  // as for a page that is not there; what the pages ask for is refused by itself
  if (!(await isOperator())) notFound();
  return (
    <AfterMount fallback={<AdminSkeleton />}>
      <AdminShell>{children}</AdminShell>
    </AfterMount>
  );
}
