import { unlinkSync } from "node:fs";
import { type RunnerHome, readJsonFile, writeJsonFile } from "../identity/home.ts";

const isAddress = /^http:\/\/127\.0\.0\.1:\d{1,5}$/;

/** Where the page of the runner that runs is; undefined when it has none. */
export function readPageAddress(home: RunnerHome): string | undefined {
  try {
    const { url } = readJsonFile(home.pageFile) as { url?: unknown };
    return typeof url === "string" && isAddress.test(url) ? url : undefined;
  } catch {
    return undefined;
  }
}

/** The port is not always the one that was asked for: another runner of this computer may have it. */
export function writePageAddress(home: RunnerHome, url: string): void {
  writeJsonFile(home.pageFile, { url });
}

export function removePageAddress(home: RunnerHome): void {
  try {
    unlinkSync(home.pageFile);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
}
