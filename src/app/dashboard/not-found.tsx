"use client";

import { Button } from "@mantine/core";
import Link from "next/link";
import { PageHeader } from "@/components/page-header";

export default function DashboardNotFound() {
  return (
    <>
      <PageHeader title="This page does not exist" description="Check the address, or go on from the overview." />
      <Button component={Link} href="/dashboard">
        Overview
      </Button>
    </>
  );
}
