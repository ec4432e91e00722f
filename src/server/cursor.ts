import type { Page } from "@deskhand/shared/schemas/common";
import * as z from "zod";
import { AppError } from "@/server/errors";

/** Where a page of a list ended. Lists are ordered by (createdAt, id), newest first. */
type Position = { createdAt: Date; id: string };

const encoded = z.tuple([z.number().int(), z.uuid()]);

/** The position as outsiders carry it: opaque, safe in an address. */
function encodeCursor({ createdAt, id }: Position): string {
  return Buffer.from(JSON.stringify([createdAt.getTime(), id])).toString("base64url");
}

/** @throws AppError INVALID_INPUT for text that `encodeCursor` did not make */
export function decodeCursor(cursor: string): Position {
  try {
    const [createdAt, id] = encoded.parse(JSON.parse(Buffer.from(cursor, "base64url").toString("utf8")));
    return { createdAt: new Date(createdAt), id };
  } catch (cause) {
    throw new AppError("INVALID_INPUT", { userMessage: "cursor: This is not a cursor that a list gave.", cause });
  }
}

/** The Prisma condition for what comes after the cursor; the outer bound lets PostgreSQL walk the (…, createdAt) index. */
export function afterCursor(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const { createdAt, id } = decodeCursor(cursor);
  return { AND: [{ createdAt: { lte: createdAt } }, { OR: [{ createdAt: { lt: createdAt } }, { id: { lt: id } }] }] };
}

export const newestFirst = [{ createdAt: "desc" as const }, { id: "desc" as const }];

/** One page from at most `limit + 1` rows: the row too many says that there is a next page. */
export function pageFrom<Row extends Position, View>(rows: Row[], limit: number, view: (row: Row) => View): Page<View> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  return { items: shown.map(view), nextCursor: rows.length > limit && last ? encodeCursor(last) : null };
}
