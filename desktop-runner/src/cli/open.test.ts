import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { until, useRunnerBed } from "../testing/runner-bed.ts";
import { readPageAddress } from "../ui/page-address.ts";
import { PageVisitor } from "../ui/testing/page-visitor.ts";
import { FakeRest } from "./testing/fake-rest.ts";

const bed = useRunnerBed();
let rest: FakeRest;
beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
});
afterEach(() => rest.close());

const open = (env: Record<string, string> = {}, ...flags: string[]) =>
  rest.deskhand(["open", ...flags], { env: { DESKHAND_HOME: bed.paired.home.folder, DESKHAND_URL: "http://127.0.0.1:1", ...env } });

async function running(): Promise<PageVisitor> {
  bed.start({ localPort: 0 });
  await until(() => expect(readPageAddress(bed.paired.home)).toBeDefined());
  return new PageVisitor(bed.paired.home);
}

describe("deskhand open", () => {
  it("says in one sentence that the runner does not run, and ends with 3", async () => {
    expect(await open()).toMatchObject({
      exitCode: 3,
      out: "",
      err: expect.stringMatching(/^The runner is not running.*\n.*deskhand start\n$/),
    });
    expect((await open({}, "--json")).last).toMatchObject({ type: "error", code: "NOT_RUNNING" });
    bed.start();
    expect(await open()).toMatchObject({ exitCode: 3, err: expect.stringContaining("without its page") });
    expect(await rest.deskhand(["open", "it"])).toMatchObject({ exitCode: 2 });
  });

  it("gives a link that opens the page once, and opens nothing itself with --json", async () => {
    const page = await running();
    const browser = fakeBrowser();
    const { exitCode, lines } = await open({ DESKHAND_BROWSER: browser, DISPLAY: ":0" }, "--json");
    expect(exitCode).toBe(0);
    expect(lines).toMatchObject([
      { type: "link", url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/#[\w-]{43}$/), expiresAt: expect.any(String) },
      { type: "result", opened: false },
    ]);
    expect(existsSync(`${browser}.args`)).toBe(false);
    const token = lines[0].url.split("#")[1];
    expect((await page.post("/api/session", { token })).status).toBe(200);
    expect((await page.post("/api/session", { token })).status).toBe(401);
  });

  it("shows the page in a window of its own, and tells no other user of this computer the link", async () => {
    const page = await running();
    const browser = fakeBrowser();
    const { exitCode, out } = await open({ DESKHAND_BROWSER: browser, DISPLAY: ":0" });
    expect([exitCode, out]).toEqual([0, `Opened ${page.address}\n`]);
    const args = readFileSync(`${browser}.args`, "utf8").split("\n");
    expect(args).toContain(`--user-data-dir=${page.home.windowFolder}`);
    const [opener = ""] = readdirSync(page.home.pageFolder).filter((name) => name.startsWith("open-"));
    expect(args).toContain(`--app=file://${path.join(page.home.pageFolder, opener)}`);
    const token = /#([\w-]{43})"/.exec(readFileSync(path.join(page.home.pageFolder, opener), "utf8"))?.[1] ?? "";
    expect(args.join(" ")).not.toContain(token);
    expect((await page.post("/api/session", { token })).status).toBe(200);
  });

  it("prints the link when there is no screen, and when the browser does not start", async () => {
    const page = await running();
    const printed = expect.stringMatching(new RegExp(`works once, for two minutes:\n${page.address}/#[\\w-]{43}\n$`));
    expect(await open({ DESKHAND_BROWSER: fakeBrowser(), DISPLAY: "", WAYLAND_DISPLAY: "" })).toMatchObject({ exitCode: 0, out: printed });
    expect(await open({ DESKHAND_BROWSER: fakeBrowser(1), DISPLAY: ":0" })).toMatchObject({ exitCode: 0, out: printed });
  });

  it("is named by deskhand status, with the page's address", async () => {
    const page = await running();
    const env = { DESKHAND_HOME: page.home.folder };
    expect((await rest.deskhand(["status", "--json"], { env })).last).toMatchObject({ running: true, page: page.address });
    expect((await rest.deskhand(["status"], { env })).out).toContain(`Page         ${page.address} (\`deskhand open\`)`);
  });
});

it("deskhand start refuses a port for its page that is none", async () => {
  for (const port of ["80", "x", "70000", "-1"]) {
    const { exitCode, last } = await rest.deskhand(["start", "--json"], { env: { DESKHAND_LOCAL_PORT: port } });
    expect([exitCode, last.message]).toEqual([2, `DESKHAND_LOCAL_PORT is "${port}".`]);
  }
});

/** A program that notes what it was called with. */
function fakeBrowser(exitCode = 0): string {
  const file = path.join(rest.folder, "my-browser");
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$@" > "$0.args"\nexit ${exitCode}\n`);
  chmodSync(file, 0o755);
  return file;
}
