import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { readdirSync, readFileSync, rmSync, unlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as z from "zod";
import { type RunnerHome, writeJsonFile } from "../identity/home.ts";

/** How long a link may be followed, milliseconds. */
export const linkLifeMs = 2 * 60_000;
/** Links that are looked at; more at once are made by nobody who means well. */
const maxLinks = 100;

const linkFile = z.object({ hash: z.string().length(64), expiresAt: z.number() });
const linkName = /^link-([0-9a-f]{32})\.json$/;

export type PageLink = {
  /** Opens the page, once. The token stands behind the #: no server, log or referrer sees it there. */
  url: string;
  /** A page on the disk that leads to it: other users see the arguments of a program that is started, but not into this folder. */
  opener: string;
  expiresAt: number;
};

/**
 * Makes a link that opens the page at `address`, by writing the hash of its token into the runner's folder: whoever may write there is the
 * runner's owner already. So there is no port, socket or password to guard, it works alike on every system, and the runner that waits
 * holds nothing for it.
 */
export function makeLink(home: RunnerHome, address: string, now = Date.now()): PageLink {
  sweepLinks(home, now);
  const id = randomBytes(16).toString("hex");
  const token = randomBytes(32).toString("base64url");
  const expiresAt = now + linkLifeMs;
  const url = `${address}/#${token}`;
  const opener = path.join(home.pageFolder, `open-${id}.html`);
  writeJsonFile(path.join(home.pageFolder, `link-${id}.json`), { hash: hashOf(token).toString("hex"), expiresAt });
  const page = `<!doctype html><meta charset="utf-8"><title>Deskhand</title><meta http-equiv="refresh" content="0;url=${url}">`;
  writeFileSync(opener, page, { mode: 0o600, flag: "wx" });
  return { url, opener, expiresAt };
}

/** Takes the link of this token away. @returns whether there was one that may be followed; that is so once */
export function takeLink(home: RunnerHome, token: string, now = Date.now()): boolean {
  sweepLinks(home, now);
  const hash = hashOf(token);
  for (const { id, link } of readLinks(home)) {
    if (!link || !timingSafeEqual(Buffer.from(link.hash, "hex"), hash)) continue;
    rmSync(path.join(home.pageFolder, `open-${id}.html`), { force: true });
    try {
      // of two that come at once, one removes it
      unlinkSync(path.join(home.pageFolder, `link-${id}.json`));
      return true;
    } catch {
      return false;
    }
  }
  return false;
}

/** Removes the links that may not be followed any more. */
export function sweepLinks(home: RunnerHome, now = Date.now()): void {
  for (const { id, link } of readLinks(home)) {
    // one that is good for too long was made while the clock was wrong
    if (link && link.expiresAt > now && link.expiresAt <= now + linkLifeMs) continue;
    for (const name of [`link-${id}.json`, `open-${id}.html`]) rmSync(path.join(home.pageFolder, name), { force: true });
  }
}

function readLinks(home: RunnerHome): { id: string; link: z.infer<typeof linkFile> | undefined }[] {
  const ids = readdirSync(home.pageFolder).flatMap((name) => linkName.exec(name)?.[1] ?? []);
  return ids.slice(0, maxLinks).map((id) => ({ id, link: readLink(path.join(home.pageFolder, `link-${id}.json`)) }));
}

function readLink(file: string): z.infer<typeof linkFile> | undefined {
  try {
    const { data } = linkFile.safeParse(JSON.parse(readFileSync(file, "utf8")));
    return data && /^[0-9a-f]+$/.test(data.hash) ? data : undefined;
  } catch {
    return undefined;
  }
}

function hashOf(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}
