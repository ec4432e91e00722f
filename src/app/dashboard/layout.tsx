import { redirect } from "next/navigation";
import type { ReactNode } from "react";
import { AfterMount } from "@/components/after-mount";
import { UserMenu } from "@/features/account/user-menu";
import { RequestNotices } from "@/features/profile/request-notices";
import { ProjectGate } from "@/features/project/project-gate";
import { ProjectSwitcher } from "@/features/project/project-switcher";
import { DashboardShell } from "@/features/shell/dashboard-shell";
import { ShellSkeleton } from "@/features/shell/shell-skeleton";
import { askedPath, isSignedIn } from "@/trpc/rsc";

export default async function DashboardLayout({ children }: { children: ReactNode }) {
  if (!(await isSignedIn())) redirect(`/sign-in?next=${encodeURIComponent(await askedPath())}`);
  return (
    <AfterMount fallback={<ShellSkeleton />}>
      <ProjectGate fallback={<ShellSkeleton />}>
        <DashboardShell projectSwitcher={<ProjectSwitcher />} userMenu={<UserMenu />}>
          {children}
          <RequestNotices />
        </DashboardShell>
      </ProjectGate>
    </AfterMount>
  );
}
