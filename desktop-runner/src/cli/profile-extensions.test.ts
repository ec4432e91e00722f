import { existsSync } from "node:fs";
import path from "node:path";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type PairedHome, pairedHome } from "../connection/testing/paired-home.ts";
import { makeExtension } from "../testing/test-extension.ts";
import { FakeRest } from "./testing/fake-rest.ts";
import { page, runner, profile as view } from "./testing/views.ts";

let rest: FakeRest;
let paired: PairedHome;
const { id } = view;

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  paired = await pairedHome(rest.url);
  rest.answers["GET /profiles"] = page({ ...view, runnerId: paired.runnerId });
  isOf("dedicated");
});
afterEach(async () => {
  await rest.close();
  paired.remove();
});

function isOf(engine: "shared" | "dedicated", runnerId = paired.runnerId): void {
  rest.answers[`GET /profiles/${id}`] = { ...view, runnerId, settings: { ...defaultSettings, engine } };
}
const env = () => ({ DESKHAND_HOME: paired.home.folder });
const deskhand = (...args: string[]) => rest.deskhand(["profiles", ...args, "--json"], { env: env() });
const folder = () => path.join(paired.home.profilesFolder, id, "extensions");

it("adds the extensions of a profile, lists and shows them, and removes them", async () => {
  const source = makeExtension(path.join(rest.folder, "counter"));
  const counter = { folder: "counter", name: "Counter", version: "1.2" };
  expect(await deskhand("extensions", "list", "Ann")).toMatchObject({ exitCode: 0, last: { profileId: id, count: 0 } });
  expect(await deskhand("extensions", "add", "Ann", source)).toMatchObject({ exitCode: 0, last: { profileId: id, ...counter } });
  expect(existsSync(path.join(folder(), "counter/manifest.json"))).toBe(true);
  expect((await deskhand("extensions", "list", "Ann")).lines).toMatchObject([{ type: "extension", ...counter }, { count: 1 }]);
  expect((await deskhand("show", "Ann")).last).toMatchObject({ extensions: [counter] });
  const { out } = await rest.deskhand(["profiles", "show", "Ann"], { env: env() });
  expect(out).toMatch(/Extensions +Counter 1\.2\n/);
  expect(await deskhand("extensions", "remove", "Ann", "counter")).toMatchObject({
    exitCode: 0,
    last: { folder: "counter", removed: true },
  });
  expect(existsSync(path.join(folder(), "counter"))).toBe(false);
});

it("refuses what cannot be one, with words", async () => {
  expect(await deskhand("extensions", "add", "Ann", path.join(rest.folder, "nothing"))).toMatchObject({
    exitCode: 2,
    last: { code: "USAGE" },
  });
  const old = makeExtension(path.join(rest.folder, "old"), { manifest_version: 2 });
  const refused = await deskhand("extensions", "add", "Ann", old);
  expect(refused).toMatchObject({
    exitCode: 2,
    last: { code: "USAGE", message: expect.stringContaining("manifest_version has to be 3.") },
  });
  expect(await deskhand("extensions", "remove", "Ann", "counter")).toMatchObject({ exitCode: 2, last: { code: "USAGE" } });
});

it("is not for profiles of the shared engine, and says what to do", async () => {
  isOf("shared");
  const refused = await deskhand("extensions", "add", "Ann", makeExtension(path.join(rest.folder, "counter")));
  expect(refused).toMatchObject({ exitCode: 3, last: { code: "NOT_POSSIBLE", whatToDo: expect.stringContaining("--engine dedicated") } });
  expect(existsSync(folder())).toBe(false);
});

it("shows none of a profile of another computer, where nobody can look", async () => {
  isOf("dedicated", runner.id);
  expect((await deskhand("show", id)).last).toMatchObject({ extensions: null });
});
