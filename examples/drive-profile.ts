// Opens a profile of this computer and drives it with Playwright. What the script does there is kept.
//   node examples/drive-profile.ts PROFILE ADDRESS
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { chromium } from "playwright-core";

const [profile = "", address = ""] = process.argv.slice(2);
const program = path.join(import.meta.dirname, "../desktop-runner/bin/deskhand.mjs");
const session = spawn(process.execPath, [program, "profiles", "connect", profile, "--json"], { stdio: ["ignore", "pipe", "inherit"] });
const ended = once(session, "close");

for await (const line of createInterface({ input: session.stdout })) {
  const told = JSON.parse(line) as { type: string; ws?: string; message?: string };
  if (told.type === "error") throw new Error(told.message);
  if (told.type !== "connection" || !told.ws) continue;
  const browser = await chromium.connectOverCDP(told.ws);
  // the context that is there is the profile; one of your own would be empty, and is not kept
  const [context] = browser.contexts();
  if (!context) throw new Error("The profile has no context.");
  const page = await context.newPage();
  await page.goto(address);
  console.log(await page.title());
  await page.close();
  await browser.close();
  session.kill("SIGINT"); // saves and closes the profile
}
await ended;
