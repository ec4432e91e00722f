import type { ServerResponse } from "node:http";
import * as z from "zod";
import { ConnectRefused } from "../connect/connect-host.ts";
import { PageError } from "./page-error.ts";
import type { PageParts } from "./page-parts.ts";

const openBody = z.strictObject({
  profileId: z.uuid(),
  label: z.string().min(1).max(200),
  port: z.number().int().min(0).max(65_535),
  idleMs: z
    .number()
    .int()
    .min(1_000)
    .max(7 * 24 * 60 * 60_000),
});
const closeBody = z.strictObject({ profileId: z.uuid() });

/**
 * Opens a profile for programs, and tells a JSON object a line what becomes of it. It lasts as long as whoever asked listens: with them, however
 * they end, the browser goes. @throws PageError INVALID_INPUT, NOT_POSSIBLE
 */
export function openConnectionFor(
  { connections }: PageParts,
  raw: unknown,
  response: ServerResponse,
  headers: Record<string, string>,
): void {
  const body = openBody.safeParse(raw);
  if (!body.success) throw new PageError("INVALID_INPUT", "The request cannot be read.");
  let end: () => void;
  try {
    end = connections.open(body.data, (event) => {
      response.write(`${JSON.stringify(event)}\n`);
      if (event.type === "ended") response.end();
    });
  } catch (error) {
    if (error instanceof ConnectRefused) throw new PageError("NOT_POSSIBLE", error.message);
    throw error;
  }
  response.on("error", () => response.destroy());
  response.once("close", end);
  response.writeHead(200, { ...headers, "content-type": "application/x-ndjson; charset=utf-8" }).flushHeaders();
}

/** Has a connected profile saved and closed. @throws PageError INVALID_INPUT, NOT_POSSIBLE when nobody is connected */
export async function closeConnection({ connections }: PageParts, raw: unknown): Promise<{ closed: true }> {
  const body = closeBody.safeParse(raw);
  if (!body.success) throw new PageError("INVALID_INPUT", "The request cannot be read.");
  if (!(await connections.close(body.data.profileId))) throw new PageError("NOT_POSSIBLE", "Nobody is connected to this profile.");
  return { closed: true };
}
