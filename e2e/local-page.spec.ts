import { generateKeyPairSync } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { AxeBuilder } from "@axe-core/playwright";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import type { RunDetail } from "@deskhand/shared/schemas/run";
import type { Page } from "@playwright/test";
import { runnerHome } from "../desktop-runner/src/identity/home.ts";
import { takeWishes } from "../desktop-runner/src/signing/edit-signers.ts";
import { makeLink } from "../desktop-runner/src/ui/page-links.ts";
import { own } from "./demo.ts";
import { deskhand } from "./deskhand.ts";
import { online, pairAnother, type RunnerProcess, startAnother } from "./faults/second-runner.ts";
import { test as base, expect } from "./fixtures.ts";
import { Line } from "./line.ts";
import { held, recording, steps } from "./recordings.ts";

type Computer = {
  home: string;
  runnerId: string;
  name: string;
  runner: RunnerProcess;
  /** Between it and the server. */
  line: Line;
  /** What `deskhand open` gives. */
  link: () => Promise<string>;
  /** Deploys this to a profile of the test's own. @returns the run's id */
  deploy: (recording: ReturnType<typeof held>) => Promise<string>;
  run: (id: string) => Promise<RunDetail>;
};

/** A runner of the test's own, at the end of a line that can be cut. */
const test = base.extend<{ computer: Computer }>({
  computer: async ({ demo, product }, use) => {
    const home = await mkdtemp(path.join(tmpdir(), "deskhand-page-"));
    const line = new Line(product.url);
    await line.listen();
    const name = own("Desk");
    const runnerId = await pairAnother(demo, { ...product, url: line.url }, home, "--name", name);
    const runner = startAnother(home);
    await online(demo, runnerId);
    const profile = await demo.call<ProfileView>("POST", "/profiles", { runnerId, name: own("Profile") });
    await use({
      home,
      runnerId,
      name,
      runner,
      line,
      link: async () => (await deskhand(["open"], { env: { DESKHAND_HOME: home } })).lines[0]?.url as string,
      deploy: async (what) => {
        const { id: workflowId } = await demo.createWorkflow(what);
        const deployment = { workflowId, runnerId, profileIds: [profile.id] };
        return (await demo.call<{ runIds: string[] }>("POST", "/deployments", deployment)).runIds[0] as string;
      },
      run: (id) => demo.call("GET", `/runs/${id}`),
    });
    await runner.stop();
    await line.close();
    await rm(home, { recursive: true });
  },
});

const rowOf = (page: Page, title: string) => page.locator("#runs li").filter({ hasText: title });

test("the person at the computer sees and decides there what its runs may do, also with the server away", async ({
  page,
  demo,
  gate,
  computer,
}) => {
  const link = await computer.link();
  await page.goto(link);
  await expect(page.getByRole("heading", { level: 1 })).toContainText(computer.name);
  await expect(page.getByRole("banner").getByRole("status")).toHaveText("Connected");
  expect(page.url()).not.toContain("#");

  // what runs may open
  const shop = gate.url.replace("127.0.0.1", "shop.localhost");
  const visit = (title: string) => computer.deploy(recording(title, steps.open(`${shop}/before`), steps.see("h1")));
  const refused = own("Refused");
  await demo.ended(await visit(refused));
  await expect(rowOf(page, refused)).toContainText("Failed");
  await expect(rowOf(page, refused)).toContainText("shop.localhost is refused by this runner's policy: nothing allows it.");
  await expect(page.locator("#refusals")).toContainText("shop.localhost");
  const host = page.getByRole("textbox", { name: "Host, address or range" });
  await host.fill("http://shop.localhost/before");
  await host.press("Enter");
  await expect(host).toHaveAccessibleDescription(/names a page; a rule is for a whole host/);
  await host.fill("shop.localhost");
  await page.getByRole("button", { name: "Allow", exact: true }).click();
  await expect(page.getByRole("list", { name: "Rules about hosts" })).toContainText("shop.localhost");
  await expect(host).toHaveValue("");
  const allowed = own("Allowed");
  await demo.ended(await visit(allowed));
  await expect(rowOf(page, allowed)).toContainText("Succeeded");

  // and never this page itself, whatever is allowed
  const { origin } = new URL(link);
  const curious = await demo.ended(await computer.deploy(recording(own("Curious"), steps.open(origin), steps.see("body"))));
  expect(curious).toMatchObject({ state: "failed", failureCode: "POLICY_DENIED" });
  await expect
    .poll(async () => (await computer.run(curious.id)).refusals[0])
    .toMatchObject({ kind: "local", rule: "it is the runner's own page" });

  // a run under way ends, and the dashboard knows where it was ended
  const long = own("Long");
  const longId = await computer.deploy(held(gate, long));
  await expect(rowOf(page, long)).toContainText("Running");
  await page.getByRole("button", { name: `Cancel ${long}` }).click();
  await page.getByRole("button", { name: "Cancel the run" }).click();
  await expect(rowOf(page, long)).toContainText("Cancelled");
  expect(await demo.ended(longId)).toMatchObject({ state: "cancelled", failureCode: "CANCELLED_ON_DEVICE" });

  // pausing
  await page.getByRole("button", { name: "Pause" }).click();
  await expect(page.getByText("Paused: no run begins until you resume.")).toBeVisible();
  const waiting = own("Waits");
  const waitingId = await visit(waiting);
  await expect(rowOf(page, waiting)).toContainText("It waits because the runner is paused.");

  // the server away
  computer.line.cut();
  await expect(page.getByRole("banner").getByRole("status")).toHaveText("OfflinePaused");
  await expect(page.getByText("The server cannot be reached; the runner keeps trying.")).toBeVisible();
  await page.getByRole("button", { name: "Resume" }).click();
  await expect(rowOf(page, waiting)).toContainText("Succeeded");
  expect((await computer.run(waitingId)).state).not.toBe("succeeded");
  computer.line.mend();
  await expect(page.getByRole("banner").getByRole("status")).toHaveText("Connected", { timeout: 40_000 });
  expect(await demo.ended(waitingId)).toMatchObject({ state: "succeeded" });
  await expect(page.getByRole("log")).toContainText(`“${waiting}” on “Profile`);

  // a link is good once, and the page ends with the runner
  const other = await page.context().newPage();
  await other.goto(link);
  await expect(other.getByRole("alert")).toContainText("This link was used before, or is too old.");
  await other.close();
  await computer.runner.stop();
  await expect(page.getByText("The runner has stopped.")).toBeVisible();
  await expect(page.getByRole("banner").getByRole("status")).toHaveText("Not running");
});

test("a key that asks to sign is approved at the computer, and nowhere else", async ({ page, computer }) => {
  const home = runnerHome({ DESKHAND_HOME: computer.home });
  const askToSign = (name: string) => {
    const publicKey = generateKeyPairSync("ed25519").publicKey.export({ format: "der", type: "spki" }).toString("base64");
    const request = { publicKey, kind: "browser" as const, name, person: "ann@example.com", proof: null };
    takeWishes(home, computer.runnerId, { requests: [request], revoked: [] });
  };
  // as the window of `deskhand open` does: by a file of the runner's folder, so that the link is no program's argument
  const { opener } = makeLink(home, new URL(await computer.link()).origin);
  await page.goto(pathToFileURL(opener).href);
  await expect(page.getByText("Nothing is waiting.")).toBeVisible();
  expect(existsSync(opener)).toBe(false);
  askToSign("Firefox");
  askToSign("Stranger");
  await page.getByRole("button", { name: /^Approve: May “Firefox”/ }).click();
  await expect(page.getByRole("heading", { name: /Firefox/ })).toHaveCount(0);
  await page.getByRole("button", { name: /^Reject: May “Stranger”/ }).click();
  await expect(page.getByText("Nothing is waiting.")).toBeVisible();
  const { lines } = await deskhand(["keys", "list"], { env: { DESKHAND_HOME: computer.home } });
  const decided = lines.filter(({ type }) => type === "key").map(({ name, status }) => `${name} ${status}`);
  expect(decided.toSorted()).toEqual(["Firefox approved", "Stranger rejected"]);
});

test("the page can be read by everybody, in both themes, on a desk and on a phone, and by the keyboard alone", async ({
  page,
  demo,
  gate,
  computer,
}, info) => {
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(String(error)));
  await demo.ended(await computer.deploy(recording(own("Reads"), steps.open(`${gate.url}/before`), steps.see("h1"))));
  await page.goto(await computer.link());
  await expect(page.getByText("Free on this disk")).toBeVisible();
  for (const colorScheme of ["light", "dark"] as const) {
    for (const width of [1440, 390]) {
      await page.setViewportSize({ width, height: 900 });
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
      expect.soft(violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(" ")).join(" | ")}`)).toEqual([]);
      const excess = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
      expect.soft(excess, `${width} scrolls sideways`).toBeLessThanOrEqual(0);
      await page.screenshot({ path: info.project.outputDir.concat(`/pages/local-${width}-${colorScheme}.png`), fullPage: true });
    }
  }
  const shells = page.getByRole("switch", { name: /^Tools that run programs/ });
  for (let presses = 0; presses < 60 && !(await shells.evaluate((element) => element === document.activeElement)); presses++) {
    await page.keyboard.press("Tab");
    const outline = await page.evaluate(() => document.activeElement && getComputedStyle(document.activeElement).outlineStyle);
    expect.soft(outline, "what has the focus is marked").not.toBe("none");
  }
  await page.keyboard.press("Space");
  await expect(shells).toBeChecked();
  await expect.poll(async () => (await deskhand(["policy", "show"], { env: { DESKHAND_HOME: computer.home } })).last.shell).toBe(true);
  expect(complaints).toEqual([]);
});
