import { NextRequest } from "next/server";
import { describe, expect, test } from "vitest";
import { config, proxy } from "./proxy.ts";

process.env.PUBLIC_URL = "https://desk.example.com";

function answer(path: string, headers: Record<string, string> = {}) {
  const response = proxy(new NextRequest(new URL(path, "https://desk.example.com"), { headers: { host: "desk.example.com", ...headers } }));
  const policy = response.headers.get("content-security-policy") ?? "";
  return { response, policy, directive: (name: string) => policy.split("; ").find((part) => part.startsWith(`${name} `)) };
}

describe("pages", () => {
  test("nothing inline and nothing foreign may run", () => {
    const { policy, directive } = answer("/dashboard");
    expect(policy).not.toMatch(/unsafe|\*|https?:/);
    expect(directive("script-src")).toMatch(/^script-src 'self' 'nonce-[\w+/=]{24}' 'strict-dynamic'$/);
    expect(directive("style-src")).toMatch(/^style-src 'self' 'nonce-[\w+/=]{24}'$/);
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).toContain("base-uri 'none'");
    expect(policy).toContain("object-src 'none'");
    expect(policy).toContain("form-action 'self'");
    expect(directive("img-src")).toBe("img-src 'self' blob: data:");
  });

  test("each answer has a nonce of its own, and the page is told it", () => {
    const first = answer("/");
    const second = answer("/");
    const nonce = first.response.headers.get("x-middleware-request-x-nonce");
    expect(first.policy).toContain(`'nonce-${nonce}'`);
    expect(second.policy).not.toContain(`'nonce-${nonce}'`);
    expect(first.response.headers.get("x-middleware-request-content-security-policy")).toBe(first.policy);
  });

  test("a caller cannot choose the nonce", () => {
    const { policy, response } = answer("/", { "x-nonce": "chosen", "content-security-policy": "script-src 'nonce-chosen'" });
    expect(policy).not.toContain("chosen");
    expect(response.headers.get("x-middleware-request-x-nonce")).not.toBe("chosen");
  });

  test("sockets go to the host of the page, and only a host gets into the header", () => {
    expect(answer("/").directive("connect-src")).toBe("connect-src 'self' wss://desk.example.com");
    expect(answer("/", { host: "[::1]:3000" }).directive("connect-src")).toBe("connect-src 'self' wss://[::1]:3000");
    expect(answer("/", { host: "x; script-src *" }).directive("connect-src")).toBe("connect-src 'self'");
  });

  test("the other headers are there, and HTTPS is kept where it is used", () => {
    const { headers } = answer("/").response;
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("referrer-policy")).toBe("strict-origin-when-cross-origin");
    expect(headers.get("permissions-policy")).toContain("camera=()");
    expect(headers.get("strict-transport-security")).toContain("max-age=31536000");
  });
});

test("the practice site may frame itself, and still runs nothing inline", () => {
  for (const path of ["/practice", "/practice/table?page=2"]) {
    const { policy } = answer(path);
    expect(policy).toContain("frame-ancestors 'self'");
    expect(policy).not.toMatch(/nonce|unsafe|\*/);
  }
  expect(answer("/practices").policy).toContain("frame-ancestors 'none'");
});

test("pages are matched; route handlers and built files are not", () => {
  const matcher = new RegExp(`^${config.matcher[0]}$`);
  for (const path of ["/", "/dashboard", "/sign-in", "/practice/sign-in", "/apis"]) expect(matcher.test(path)).toBe(true);
  for (const path of ["/api/trpc/run.list", "/_next/static/x.js", "/favicon.ico"]) expect(matcher.test(path)).toBe(false);
});
