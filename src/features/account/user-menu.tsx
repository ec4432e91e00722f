"use client";

import { Avatar, Menu, Skeleton, UnstyledButton, VisuallyHidden } from "@mantine/core";
import { IconActivity, IconDevices, IconLogout, IconSelector, IconSettings } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { signOut } from "next-auth/react";
import { useTRPC } from "@/trpc/client";
import classes from "./user-menu.module.css";

/** Who is signed in, the way to their devices and settings, and out. */
export function UserMenu() {
  const trpc = useTRPC();
  const me = useQuery(trpc.account.me.queryOptions());
  return (
    <Menu position="top-start" width="target" withinPortal={false}>
      <Menu.Target>
        <UnstyledButton className={classes.target}>
          <Avatar size={28} radius="xl" color="gray" variant="light" aria-hidden name={me.data?.name} />
          <span className={classes.words}>
            <VisuallyHidden>Account: </VisuallyHidden>
            {me.data ? (
              <>
                <span className={classes.name}>{me.data.name}</span>
                <span className={classes.email}>{me.data.email}</span>
              </>
            ) : (
              <Skeleton height={12} width="70%" />
            )}
          </span>
          <IconSelector size={16} stroke={1.6} aria-hidden />
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item component={Link} href="/dashboard/settings" leftSection={<IconSettings size={15} aria-hidden />}>
          Settings
        </Menu.Item>
        <Menu.Item component={Link} href="/dashboard/settings#devices" leftSection={<IconDevices size={15} aria-hidden />}>
          Signed-in devices
        </Menu.Item>
        {me.data?.isOperator && (
          <Menu.Item component={Link} href="/admin/relay" leftSection={<IconActivity size={15} aria-hidden />}>
            Installation
          </Menu.Item>
        )}
        <Menu.Divider />
        <Menu.Item leftSection={<IconLogout size={15} aria-hidden />} onClick={() => void signOut({ callbackUrl: "/sign-in" })}>
          Sign out
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
