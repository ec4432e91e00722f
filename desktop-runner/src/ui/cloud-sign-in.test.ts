import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FakeCloud } from "../backup/testing/fake-cloud.ts";
import { fakeDropbox } from "../backup/testing/fake-dropbox.ts";
import { fakeGoogleDrive } from "../backup/testing/fake-google-drive.ts";
import { until, useRunnerBed } from "../testing/runner-bed.ts";
import { readPageAddress } from "./page-address.ts";
import { PageVisitor } from "./testing/page-visitor.ts";

const bed = useRunnerBed();
const passphrase = "several words that are easy";
const google = { kind: "google-drive", clientId: "client", clientSecret: "secret" };
const owner = { allows: true };
let drive: FakeCloud;
let dropbox: FakeCloud;

beforeEach(async () => {
  owner.allows = true;
  drive = await fakeGoogleDrive(owner).listen();
  dropbox = await fakeDropbox(owner).listen();
  vi.stubEnv("DESKHAND_GOOGLE_URL", drive.url);
  vi.stubEnv("DESKHAND_DROPBOX_URL", dropbox.url);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  expect([...drive.problems, ...dropbox.problems]).toEqual([]);
  await drive.stop();
  await dropbox.stop();
});

async function openPage(): Promise<PageVisitor> {
  await bed.connected({ localPort: 0 });
  await until(() => expect(readPageAddress(bed.paired.home)).toBeDefined());
  return new PageVisitor(bed.paired.home).enter();
}

/** Begins, and looks at what the vendor shows. */
async function begin(page: PageVisitor, app: object): Promise<string> {
  const { body } = await page.post("/api/backup/sign-in", app);
  const { address } = body.cloudSignIn as { address: string };
  return (await fetch(address)).text();
}

/** Follows the link by which the vendor sends the browser back, as a browser does that comes from another site. */
function comeBack(page: PageVisitor, shown: string) {
  const [, back = ""] = /href="([^"]+)"/.exec(shown) ?? [];
  const { pathname, search } = new URL(back.replaceAll("&amp;", "&"));
  return arrive(page, `${pathname}${search}`);
}
const arrive = (page: PageVisitor, target: string) =>
  page.ask(target, {
    headers: {
      cookie: undefined,
      "x-deskhand-key": undefined,
      "sec-fetch-site": "cross-site",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
    },
  });
const signIn = async (page: PageVisitor) => (await page.state()).cloudSignIn;
const setUp = (storage: object) => ({ storage, existing: false, passphrase, recoveryKey: "" });
const settingsFile = () => path.join(bed.paired.home.backupFolder, "settings.json");

async function backsUp(page: PageVisitor): Promise<void> {
  await page.post("/api/backup/begin", { action: "run" });
  await until(async () =>
    expect((await page.state()).backup).toMatchObject({ running: null, failure: null, succeededAt: expect.any(Number) }),
  );
}

describe("a backup in Google Drive from the page", () => {
  it("is set up by signing in in the browser, without the credentials being on the page", async () => {
    const page = await openPage();
    expect((await page.post("/api/backup/set-up", setUp({ kind: "google-drive", folder: "Mine" }))).body).toMatchObject({
      code: "INVALID_INPUT",
      message: "Sign in first.",
    });
    const back = await comeBack(page, await begin(page, google));
    expect([back.status, back.headers.location]).toEqual([303, "/signed-in.html"]);
    expect((await arrive(page, String(back.headers.location))).status).toBe(200);
    const framed = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" };
    expect((await page.ask("/signed-in.html", { headers: framed })).status).toBe(403);
    expect(await signIn(page)).toEqual({ kind: "google-drive", state: "signed-in" });
    expect(JSON.stringify(await page.state())).not.toMatch(/"(secret|refresh)"/);

    const made = await page.post("/api/backup/set-up", setUp({ kind: "google-drive", folder: "Mine" }));
    expect(made).toMatchObject({ status: 200, body: { recoveryKey: expect.stringMatching(/^AGE-SECRET-KEY-1/), cloudSignIn: null } });
    expect(JSON.parse(readFileSync(settingsFile(), "utf8"))).toMatchObject({
      storage: { kind: "google-drive", clientId: "client", clientSecret: "secret", refreshToken: "refresh" },
    });
    await backsUp(page);
  });

  it("is not set up by whoever comes with a state of their own, and by nobody twice", async () => {
    const page = await openPage();
    for (const query of ["", "?code=stolen", "?code=stolen&state=AAAA", `?code=stolen&state=${"A".repeat(43)}`]) {
      expect((await arrive(page, `/signed-in${query}`)).headers.location).toBe("/not-signed-in.html");
    }
    const shown = await begin(page, google);
    expect((await arrive(page, `/signed-in?code=stolen&state=${"A".repeat(43)}`)).headers.location).toBe("/not-signed-in.html");
    expect(await signIn(page)).toMatchObject({ state: "asked" });
    expect((await comeBack(page, shown)).headers.location).toBe("/signed-in.html");
    expect((await comeBack(page, shown)).headers.location).toBe("/not-signed-in.html");
    expect(await signIn(page)).toMatchObject({ state: "signed-in" });
    expect((await page.post("/signed-in", {})).status).toBe(404);
  });

  it("says when the owner did not allow it, and when the app is not the vendor's", async () => {
    const page = await openPage();
    owner.allows = false;
    expect((await comeBack(page, await begin(page, google))).headers.location).toBe("/not-signed-in.html");
    expect(await signIn(page)).toMatchObject({ state: "failed", failure: expect.stringContaining("not allowed") });
    expect((await page.post("/api/backup/sign-in/forget", {})).body.cloudSignIn).toBeNull();
    expect(await page.post("/api/backup/sign-in", { kind: "google-drive", clientId: "client" })).toMatchObject({ status: 422 });
    expect(existsSync(settingsFile())).toBe(false);
  });
});

describe("a backup in Dropbox from the page", () => {
  it("is set up by the code that Dropbox shows", async () => {
    const page = await openPage();
    const [, code = ""] = /id="code">([^<]+)</.exec(await begin(page, { kind: "dropbox", clientId: "client" })) ?? [];
    expect((await page.post("/api/backup/sign-in/code", { code })).body.cloudSignIn).toEqual({ kind: "dropbox", state: "signed-in" });
    expect(await page.post("/api/backup/sign-in/code", { code })).toMatchObject({ status: 409 });
    expect((await page.post("/api/backup/set-up", setUp({ kind: "dropbox", folder: "" }))).status).toBe(200);
    await backsUp(page);
  });

  it("says when a code is not good, and can be begun again", async () => {
    const page = await openPage();
    await begin(page, { kind: "dropbox", clientId: "client" });
    await page.post("/api/backup/sign-in/code", { code: "guessed" });
    expect(await signIn(page)).toMatchObject({ state: "failed", failure: expect.stringContaining("begin again") });
    const [, code = ""] = /id="code">([^<]+)</.exec(await begin(page, { kind: "dropbox", clientId: "client" })) ?? [];
    await page.post("/api/backup/sign-in/code", { code });
    expect(await signIn(page)).toMatchObject({ state: "signed-in" });
  });
});
