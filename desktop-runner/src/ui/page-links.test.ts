import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ensureHome, type RunnerHome, runnerHome } from "../identity/home.ts";
import { linkLifeMs, makeLink, takeLink } from "./page-links.ts";

let home: RunnerHome;
beforeEach(() => {
  home = runnerHome({ DESKHAND_HOME: mkdtempSync(path.join(tmpdir(), "deskhand-links-")) });
  ensureHome(home);
});
afterEach(() => rmSync(home.folder, { recursive: true }));

const address = "http://127.0.0.1:18789";
const tokenOf = ({ url }: { url: string }) => url.slice(url.indexOf("#") + 1);

it("is kept as a hash, and its opener is its owner's alone", () => {
  const link = makeLink(home, address);
  expect(link.url).toMatch(/^http:\/\/127\.0\.0\.1:18789\/#[\w-]{43}$/);
  const files = readdirSync(home.pageFolder).map((name) => path.join(home.pageFolder, name));
  expect(files).toHaveLength(2);
  for (const file of files) expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(files.filter((file) => readFileSync(file, "utf8").includes(tokenOf(link)))).toEqual([link.opener]);
});

it("is taken once, and takes its opener with it", () => {
  const [link, other] = [makeLink(home, address), makeLink(home, address)];
  expect(takeLink(home, tokenOf(link))).toBe(true);
  expect(takeLink(home, tokenOf(link))).toBe(false);
  expect(readdirSync(home.pageFolder)).toHaveLength(2);
  expect(takeLink(home, tokenOf(other))).toBe(true);
  expect(readdirSync(home.pageFolder)).toEqual([]);
});

it("lasts two minutes, and is gone from the folder after that", () => {
  const link = makeLink(home, address, 0);
  expect(takeLink(home, tokenOf(link), linkLifeMs)).toBe(false);
  expect(readdirSync(home.pageFolder)).toEqual([]);
});

it("is not made by a file that says something else", () => {
  for (const text of ["", "{}", "null", JSON.stringify({ hash: "z".repeat(64), expiresAt: Date.now() + 1_000 })]) {
    writeFileSync(path.join(home.pageFolder, `link-${"0".repeat(32)}.json`), text);
    expect(takeLink(home, "")).toBe(false);
  }
});
