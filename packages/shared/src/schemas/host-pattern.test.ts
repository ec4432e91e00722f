import { describe, expect, it } from "vitest";
import { canonicalHost, coversAddress, matchesHost, parseHostPattern, specificity, type WebTarget } from "./host-pattern.ts";
import { parseAddress } from "./ip-address.ts";

const pattern = (text: string) => {
  const parsed = parseHostPattern(text);
  if (!parsed.ok) throw new Error(parsed.message);
  return parsed.pattern;
};
const target = (url: string): WebTarget => {
  const { protocol, hostname, port } = new URL(url);
  const scheme = protocol === "https:" ? "https" : "http";
  return { scheme, host: canonicalHost(hostname) ?? "", port: Number(port) || (scheme === "https" ? 443 : 80) };
};
const matches = (text: string, url: string) => matchesHost(pattern(text), target(url));

describe("a host pattern", () => {
  it.each([
    ["example.com", "https://example.com/x", true],
    ["example.com", "https://www.example.com", false],
    ["*.example.com", "https://a.b.example.com", true],
    ["*.example.com", "https://example.com", false],
    ["*.example.com", "https://badexample.com", false],
    ["*", "http://anything.example:81", true],
    ["https://example.com", "http://example.com", false],
    ["wss://example.com", "https://example.com", true],
    ["example.com:8080", "http://example.com:8080", true],
    ["example.com:8080", "http://example.com", false],
    ["EXAMPLE.com.", "http://example.com", true],
    ["bücher.example", "http://xn--bcher-kva.example", true],
    ["http://localhost:3000/", "http://localhost:3000/practice", true],
    ["10.0.0.0/8", "http://10.1.2.3", true],
    ["10.0.0.0/8", "http://11.1.2.3", false],
    ["127.0.0.1", "http://0x7f.1:99", true],
    ["127.0.0.1", "http://2130706433", true],
    ["127.0.0.1", "http://[::ffff:127.0.0.1]", true],
    ["::1", "http://[0:0:0:0:0:0:0:1]", true],
    ["[::1]:3000", "http://[::1]:3000", true],
    ["[::1]:3000", "http://[::1]:3001", false],
    ["fd00::/8", "http://[fd12::1]", true],
  ])("%s for %s: %s", (text, url, expected) => expect(matches(text, url)).toBe(expected));

  it.each([
    ["", "missing"],
    ["ftp://example.com", "not http"],
    ["example.com/path", "whole host"],
    ["*.10.0.0.1", "no names below"],
    ["exa mple.com", "not a host"],
    ["*.*.com", "not a host"],
    ["example.com:0", "not a port"],
    ["example.com:99999", "not a port"],
    ["10.0.0.1/8", "whole host"],
    [`${"a".repeat(301)}`, "at most"],
  ])("says what is wrong with %s", (text, words) => {
    expect(parseHostPattern(text)).toMatchObject({ ok: false, message: expect.stringContaining(words) });
  });

  it("has one spelling", () => {
    const spellings = ["HTTP://Example.COM/", "http://example.com"].map((text) => pattern(text).text);
    expect(new Set(spellings)).toEqual(new Set(["http://example.com"]));
    expect(pattern("[FD00::]/8".replace(/[[\]]/g, "")).text).toBe("fd00::/8");
    expect(pattern("[::1]:80").text).toBe("[::1]:80");
    expect(pattern(pattern("[::1]:80").text).text).toBe("[::1]:80");
  });

  it("is the more specific the fewer hosts it is about", () => {
    const order = ["*", "https://*", "*.com", "*.example.com", "10.0.0.0/8", "10.0.0.0/16", "10.0.0.1", "example.com", "example.com:80"];
    const sorted = [...order].sort((a, b) => specificity(pattern(a)) - specificity(pattern(b)));
    expect(sorted).toEqual(order);
  });

  it("covers an address only by naming it or its range", () => {
    const address = parseAddress("192.168.1.5");
    if (!address) throw new Error("no address");
    const to = target("http://nas.example");
    expect(["192.168.0.0/16", "192.168.1.5", "*", "nas.example"].map((text) => coversAddress(pattern(text), to, address))).toEqual([
      true,
      true,
      false,
      false,
    ]);
  });
});
