import { writeFileSync } from "node:fs";
import path from "node:path";
import { defaultSettings } from "@deskhand/shared/schemas/profile-settings";
import { afterEach, beforeEach } from "vitest";
import { type PairedHome, pairedHome } from "../../connection/testing/paired-home.ts";
import { FakeRest } from "./fake-rest.ts";
import { page, runner, profile as view } from "./views.ts";

type More = { input?: string; env?: Record<string, string> };

/** For each test of a file: a server, a runner's folder that is paired to it, and a profile on that runner. */
export function usePairedCli() {
  let rest: FakeRest;
  let paired: PairedHome;
  const { id } = view;
  beforeEach(async () => {
    rest = new FakeRest();
    await rest.listen();
    paired = await pairedHome(rest.url);
    rest.answers["GET /profiles"] = page({ ...view, runnerId: paired.runnerId });
    rest.answers[`GET /profiles/${id}`] = { ...view, runnerId: paired.runnerId, settings: defaultSettings };
    rest.answers[`GET /runners/${paired.runnerId}`] = { ...runner, id: paired.runnerId, signaturesRequired: false };
    rest.answers["POST /profiles/configure"] = { done: true };
  });
  afterEach(async () => {
    await rest.close();
    paired.remove();
  });
  const file = (name: string) => path.join(rest.folder, name);
  return {
    get rest() {
      return rest;
    },
    get paired() {
      return paired;
    },
    /** `deskhand profiles …`, as programs read it. */
    deskhand: (args: string[], more: More = {}) =>
      rest.deskhand(["profiles", ...args, "--json"], { ...more, env: { DESKHAND_HOME: paired.home.folder, ...more.env } }),
    /** A path in the test's own folder. */
    file,
    profileDir: () => path.join(paired.home.profilesFolder, id),
    /** Writes a file there. */
    put: (name: string, content: string) => {
      writeFileSync(file(name), content);
      return file(name);
    },
  };
}
