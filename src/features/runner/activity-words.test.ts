import { commandState } from "@deskhand/shared/schemas/run";
import { describe, expect, test } from "vitest";
import { causerWords, changeWords, commandTitle } from "./activity-words.ts";

describe("the words of a runner's activity", () => {
  test("say what was asked, on what", () => {
    expect(commandTitle({ kind: "run.start", workflowName: "Nightly export", profileName: "Shop" })).toBe("Run Nightly export on Shop");
    expect(commandTitle({ kind: "profile.delete", workflowName: null, profileName: "Shop" })).toBe("Delete the profile Shop");
    expect(commandTitle({ kind: "profile.delete", workflowName: null, profileName: null })).toBe("Delete the profile");
  });

  test("name who asked, and say so when that is nobody any more", () => {
    expect(causerWords({ kind: "user", name: "Ada" })).toBe("Ada");
    expect(causerWords({ kind: "user", name: null })).toBe("Somebody who left");
    expect(causerWords({ kind: "apiKey", name: "CI" })).toBe("API key CI");
    expect(causerWords({ kind: "system", name: null })).toBe("Deskhand");
  });

  test("have a line for every change, and the reason of a bad end", () => {
    for (const to of commandState.options) expect(changeWords({ from: null, to, reason: null }).title).toMatch(/^[A-Z]/);
    expect(changeWords({ from: "running", to: "running", reason: "CANCEL_REQUESTED" })).toEqual({ title: "Cancel asked", detail: null });
    expect(changeWords({ from: "running", to: "failed", reason: "PAGE_CRASHED" })).toMatchObject({
      title: "Failed",
      detail: expect.stringContaining("crash"),
    });
    expect(changeWords({ from: "running", to: "cancelled", reason: "CANCELLED" })).toEqual({ title: "Cancelled", detail: null });
  });
});
