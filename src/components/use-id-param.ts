"use client";

import { id } from "@deskhand/shared/schemas/common";
import { notFound, useParams } from "next/navigation";

/** The id in the page's address. An address with anything else in its place leads nowhere. */
export function useIdParam(): string {
  const given = id.safeParse(useParams<{ id: string }>().id);
  if (!given.success) notFound();
  return given.data;
}
