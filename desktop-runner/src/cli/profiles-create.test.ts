import { readManifest } from "@deskhand/shared/schemas/manifest";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRest } from "./testing/fake-rest.ts";
import { ids, profile, runner, signingKey } from "./testing/views.ts";

let rest: FakeRest;
const toSign = { ...defaultSettings, engine: "dedicated" };
const key = (status: string) => ({ ...signingKey, runners: [{ runnerId: ids.runner, runnerName: "Desk", status }] });
const routes = () => rest.calls.map(({ route }) => route);

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  const strict = { ...runner, signaturesRequired: true };
  rest.answers["GET /runners"] = { items: [strict] };
  rest.answers[`GET /runners/${ids.runner}`] = strict;
  rest.answers["POST /profiles"] = { ...profile, toSign };
  rest.answers["POST /profiles/many/create"] = {
    items: Array.from({ length: 150 }, (_, n) => ({ id: ids.profile, name: `Shop ${n}`, toSign })),
  };
  rest.answers["POST /profiles/configure"] = { done: true };
  rest.answers["POST /signing-keys"] = key("approved");
});
afterEach(() => rest.close());

describe("deskhand profiles create, for a runner that demands signatures", () => {
  it("signs what the profile is like, so that it is a device of its own", async () => {
    expect(await rest.deskhand(["profiles", "create", "Ann", "--runner", "Desk", "--json"])).toMatchObject({ exitCode: 0 });
    const sent = rest.calls.find(({ route }) => route === "POST /profiles/configure")?.body;
    expect(sent).toMatchObject({ runnerId: ids.runner, profiles: [{ profileId: ids.profile, revision: 1, settings: toSign }] });
    expect(readManifest(String(sent?.signedManifest))?.manifest).toMatchObject({ kind: "order", command: "profile.configure" });
  });

  it("signs for a hundred at a time, and asks for no device by itself", async () => {
    expect(await rest.deskhand(["profiles", "create", "Shop {n}", "--count", "150", "--runner", "Desk"])).toMatchObject({ exitCode: 0 });
    const sizes = rest.calls.flatMap(({ route, body }) => (route === "POST /profiles/configure" ? [(body.profiles as []).length] : []));
    expect(sizes).toEqual([100, 50]);
    expect(routes()).not.toContain("POST /profiles/suggest-identity");
  });

  it("asks for devices in languages and a time zone, and makes nothing with ones that are none", async () => {
    const create = ["profiles", "create", "Shop {n}", "--count", "2", "--runner", "Desk", "--json"];
    const device = { os: "macos", languages: ["de-DE", "en"], timeZone: "Europe/Berlin" };
    const flags = ["--os", "macos", "--languages", "de-DE, en", "--time-zone", "Europe/Berlin"];
    expect(await rest.deskhand([...create, ...flags])).toMatchObject({ exitCode: 0 });
    expect(rest.calls.find(({ route }) => route === "POST /profiles/many/create")?.body.device).toEqual(device);
    rest.calls.length = 0;
    for (const [flag, value, words] of [
      ["--languages", "german!,en", "“german!” is not a language tag"],
      ["--languages", "de-de", "write de-DE"],
      ["--time-zone", "Europe/Atlantis", "This is not a time zone"],
      ["--os", "beos", "is not a system"],
    ] as const) {
      const { exitCode, last } = await rest.deskhand([...create, flag, value]);
      expect([exitCode, last.code]).toEqual([2, "USAGE"]);
      expect(last.message).toContain(words);
    }
    expect(routes()).toEqual([]);
  });

  it("makes nothing as long as the runner has not approved this computer's key", async () => {
    rest.answers["POST /signing-keys"] = key("pending");
    rest.answers[`POST /runners/${ids.runner}/signers`] = key("pending");
    const { exitCode, last } = await rest.deskhand(["profiles", "create", "Ann", "--runner", "Desk", "--json"]);
    expect([exitCode, last.code]).toEqual([3, "SIGNER_NOT_APPROVED"]);
    expect(routes()).not.toContain("POST /profiles");
  });
});
