"use client";

import { NavLink } from "@mantine/core";
import {
  IconApi,
  IconBell,
  IconDeviceDesktop,
  IconHome,
  IconKey,
  IconPlayerPlay,
  IconRocket,
  IconRoute,
  IconSettings,
  IconUserSquareRounded,
  IconWorld,
} from "@tabler/icons-react";
import Link from "next/link";
import { usePathname } from "next/navigation";
import classes from "./navigation.module.css";

const groups = [
  {
    label: "Automate",
    pages: [
      { href: "/dashboard", label: "Overview", icon: IconHome },
      { href: "/dashboard/workflows", label: "Workflows", icon: IconRoute },
      { href: "/dashboard/runs", label: "Runs", icon: IconPlayerPlay },
      { href: "/dashboard/deployments", label: "Deployments", icon: IconRocket },
    ],
  },
  {
    label: "Machines",
    pages: [
      { href: "/dashboard/profiles", label: "Profiles", icon: IconUserSquareRounded },
      { href: "/dashboard/proxies", label: "Proxies", icon: IconWorld },
      { href: "/dashboard/runners", label: "Runners", icon: IconDeviceDesktop },
    ],
  },
  {
    label: "Project",
    pages: [
      { href: "/dashboard/alerts", label: "Alerts", icon: IconBell },
      { href: "/dashboard/api-keys", label: "API keys", icon: IconKey },
      { href: "/dashboard/api", label: "API reference", icon: IconApi },
      { href: "/dashboard/settings", label: "Settings", icon: IconSettings },
    ],
  },
];

/** Is the person on this page or on one below it? The overview is above all others, so only itself counts. */
export function isCurrentPage(href: string, pathname: string): boolean {
  return pathname === href || (href !== "/dashboard" && pathname.startsWith(`${href}/`));
}

/** The dashboard's pages; `onNavigate` closes the menu at phone width. */
export function Navigation({ onNavigate }: { onNavigate: () => void }) {
  const pathname = usePathname();
  return (
    <nav aria-label="Main">
      {groups.map((group) => (
        <div key={group.label} className={classes.group}>
          {group.pages.map(({ href, label, icon: Icon }) => {
            const current = isCurrentPage(href, pathname);
            return (
              <NavLink
                key={href}
                component={Link}
                href={href}
                label={label}
                leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
                active={current}
                aria-current={current ? "page" : undefined}
                onClick={onNavigate}
                classNames={{ root: classes.link, label: classes.label, section: classes.icon }}
              />
            );
          })}
        </div>
      ))}
    </nav>
  );
}
