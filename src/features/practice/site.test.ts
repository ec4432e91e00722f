import { describe, expect, it } from "vitest";
import { practiceAccount } from "./pages.ts";
import { answerPractice } from "./site.ts";

const at = (path: string, init?: RequestInit) =>
  answerPractice(path.split("?")[0] as string, new Request(`http://localhost/practice/${path}`, init));

describe("the practice site", () => {
  it("signs its one account in and keeps strangers out", async () => {
    const wrong = await at("sign-in", { method: "POST", body: new URLSearchParams({ email: "a@b.example", password: "x" }) });
    expect(wrong.status).toBe(401);
    const right = await at("sign-in", { method: "POST", body: new URLSearchParams(practiceAccount) });
    expect([right.status, right.headers.get("location")]).toEqual([303, "/practice/account"]);
    const cookie = right.headers.get("set-cookie")?.split(";")[0] as string;
    expect(await (await at("account", { headers: { cookie } })).text()).toContain(practiceAccount.email);
    expect((await at("account")).headers.get("location")).toBe("/practice/sign-in");
  });

  it("shows every order exactly once over its pages", async () => {
    const seen: string[] = [];
    for (let page = 1; page <= 5; page++) seen.push(...((await (await at(`orders?page=${page}`)).text()).match(/PR-\d+/g) ?? []));
    expect(new Set(seen).size).toBe(37);
    expect(seen).toHaveLength(37);
  });

  it("escapes what it is given and has no inline script or style", async () => {
    for (const path of ["", "sign-in", "orders?page=2", "controls", "frames", "frame-outer", "frame-inner", "pop-up"]) {
      const text = await (await at(path)).text();
      expect(text, path).not.toMatch(/<script(?![^>]*src=)|<style| style=| on\w+=/);
    }
  });

  it("answers 404 for a page that it does not have", async () => {
    expect((await at("nothing-here")).status).toBe(404);
  });
});
