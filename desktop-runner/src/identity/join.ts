import { randomUUID } from "node:crypto";
import { rmSync } from "node:fs";
import { id } from "@deskhand/shared/schemas/common";
import * as z from "zod";
import { type RunnerHome, readJsonFile, writeJsonFile } from "./home.ts";

const joinFile = z.object({ joinId: id.nullable(), nextJoinId: id.nullable() });

/**
 * The join to present now. A new id is on the disk before it is returned, and stays the proposal until a welcome confirms it:
 * a welcome that was lost can so be repeated, while a copy of the folder falls behind and is noticed.
 */
export function proposeJoin(home: RunnerHome): { joinId: string | null; nextJoinId: string } {
  const now = read(home);
  if (now.nextJoinId !== null) return { joinId: now.joinId, nextJoinId: now.nextJoinId };
  const proposal = { joinId: now.joinId, nextJoinId: randomUUID() };
  writeJsonFile(home.joinFile, proposal);
  return proposal;
}

/** The server said welcome to this proposal. When this cannot be written the same proposal is repeated, which the server allows. */
export function confirmJoin(home: RunnerHome, joinId: string): void {
  if (read(home).nextJoinId === joinId) writeJsonFile(home.joinFile, { joinId, nextJoinId: null });
}

/** For a new pairing: nothing has been joined yet. */
export function forgetJoin(home: RunnerHome): void {
  rmSync(home.joinFile, { force: true });
}

function read(home: RunnerHome): z.infer<typeof joinFile> {
  const data = readJsonFile(home.joinFile);
  return data === undefined ? { joinId: null, nextJoinId: null } : joinFile.parse(data);
}
