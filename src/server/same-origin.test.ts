import { describe, expect, test } from "vitest";
import { requireSameOrigin } from "./same-origin.ts";

const publicUrl = "https://desk.example.com";

function refused(method: string, headers: Record<string, string>): boolean {
  try {
    requireSameOrigin(method, new Headers(headers), publicUrl);
    return false;
  } catch (error) {
    expect(error).toMatchObject({ code: "FORBIDDEN" });
    return true;
  }
}

describe("a change by cookie", () => {
  test("our own pages may send it", () => {
    expect(refused("POST", { "sec-fetch-site": "same-origin", origin: publicUrl })).toBe(false);
    expect(refused("POST", { origin: publicUrl })).toBe(false);
  });

  test("our own pages may send it under another name of this machine, when the browser vouches for them", () => {
    expect(refused("POST", { "sec-fetch-site": "same-origin", origin: "http://127.0.0.1:3000" })).toBe(false);
  });

  test.each([
    { "sec-fetch-site": "cross-site", origin: "https://evil.example" },
    { "sec-fetch-site": "same-site", origin: "https://other.example.com" },
    { "sec-fetch-site": "cross-site", origin: publicUrl },
    { "sec-fetch-site": "none" },
    { origin: "https://evil.example" },
    { origin: "https://desk.example.com.evil.example" },
    { origin: "http://desk.example.com" },
    { origin: "null" },
    {},
  ])("others may not: %j", (headers) => {
    for (const method of ["POST", "PATCH", "PUT", "DELETE"]) expect(refused(method, headers as Record<string, string>)).toBe(true);
  });

  test("reading is not a change", () => {
    expect(refused("GET", { origin: "https://evil.example" })).toBe(false);
  });
});
