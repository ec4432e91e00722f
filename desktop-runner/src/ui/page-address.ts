import { rmSync } from "node:fs";
import * as z from "zod";
import { type RunnerHome, readJsonFile, writeJsonFile } from "../identity/home.ts";

const addressFile = z.object({ url: z.string().regex(/^http:\/\/127\.0\.0\.1:\d{1,5}$/) });

/** Where the page of the runner that runs is; undefined when it has none. */
export function readPageAddress(home: RunnerHome): string | undefined {
  try {
    return addressFile.safeParse(readJsonFile(home.pageFile)).data?.url;
  } catch {
    return undefined;
  }
}

/** The port is not always the one that was asked for: another runner of this computer may have it. */
export function writePageAddress(home: RunnerHome, url: string): void {
  writeJsonFile(home.pageFile, { url });
}

export function removePageAddress(home: RunnerHome): void {
  rmSync(home.pageFile, { force: true });
}
