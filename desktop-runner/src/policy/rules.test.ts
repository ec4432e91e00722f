import { parseAddress } from "@deskhand/shared/schemas/ip-address";
import { specialRangeOf } from "@deskhand/shared/schemas/special-ranges";
import { describe, expect, it } from "vitest";
import type { HostRule } from "./network-policy.ts";
import { compileRules, decideAddress, decideHost, targetOf } from "./rules.ts";

/** "allow example.com", "deny *", "allow nas.example --private", "server deny x" */
function rulesOf(...texts: string[]) {
  const rules = texts.map((text): HostRule => {
    const [effect, pattern = "", flag] = text.replace("server ", "").split(" ");
    return { effect: effect as "allow", pattern, private: flag === "--private", by: text.startsWith("server") ? "server" : "device" };
  });
  return compileRules({ rules, damaged: false });
}
function ask(url: string, texts: string[], resolved?: string) {
  const target = targetOf(url);
  if (!target || !("host" in target)) throw new Error("no target");
  const byName = decideHost(rulesOf(...texts), target);
  const address = resolved && byName.allowed ? parseAddress(resolved) : undefined;
  const decision = address ? decideAddress(rulesOf(...texts), target, address) : byName;
  return decision.allowed ? `yes: ${decision.rule}` : `no: ${decision.rule}`;
}

describe("a host", () => {
  it.each([
    ["https://a.example", [], "no: nothing allows it"],
    ["https://a.example", ["allow a.example"], "yes: allow a.example"],
    ["https://a.example", ["allow *"], "yes: allow *"],
    ["https://a.example", ["allow *", "allow *.example", "allow a.example"], "yes: allow a.example"],
    ["https://a.example", ["allow a.example", "deny *"], "no: deny *"],
    ["https://a.b.example", ["allow *", "deny *.example", "deny *.b.example"], "no: deny *.b.example"],
    ["https://a.example", ["allow *", "server deny a.example"], "no: deny a.example (set by the project)"],
    ["http://a.example", ["allow https://a.example"], "no: nothing allows it"],
    ["http://a.example:81", ["allow a.example:80"], "no: nothing allows it"],
  ])("%s with %j: %s", (url, texts, expected) => expect(ask(url, texts)).toBe(expected));

  it("is denied whatever the rules are when they cannot be read", () => {
    const target = { scheme: "http", host: "a.example", port: 80 } as const;
    const rules: HostRule[] = [{ effect: "allow", pattern: "*", by: "device" }];
    expect(decideHost(compileRules({ rules, damaged: true }), target)).toMatchObject({ allowed: false, kind: "damaged" });
  });
});

describe("an address that is not public", () => {
  const loopback = "no: it leads to loopback, which no rule names";
  it.each([
    ["http://127.0.0.1", ["allow *"], undefined, loopback],
    ["http://127.0.0.1", ["allow 127.0.0.1"], undefined, "yes: allow 127.0.0.1"],
    ["http://127.0.0.1:81", ["allow 127.0.0.1:80"], undefined, "no: nothing allows it"],
    ["http://10.2.3.4", ["allow 10.0.0.0/8"], undefined, "yes: allow 10.0.0.0/8"],
    ["http://10.2.3.4", ["allow 10.0.0.0/8", "deny 10.2.0.0/16"], undefined, "no: deny 10.2.0.0/16"],
    ["http://[::ffff:127.0.0.1]", ["allow *"], undefined, loopback],
    ["http://localhost:3000", ["allow localhost:3000"], "127.0.0.1", "yes: allow localhost:3000"],
    ["http://localhost:3000", ["allow *"], "::1", loopback],
    ["http://evil.example", ["allow evil.example"], "127.0.0.1", loopback],
    ["http://evil.example", ["allow *.example"], "127.0.0.1", loopback],
    ["http://evil.example", ["allow *"], "93.184.216.34", "yes: public address"],
    ["http://nas.example", ["allow nas.example --private"], "192.168.1.2", "yes: allow nas.example --private"],
    ["http://nas.example", ["allow nas.example", "allow 192.168.0.0/16"], "192.168.1.2", "yes: allow 192.168.0.0/16"],
    ["http://evil.example", ["allow 192.168.0.0/16"], "192.168.1.2", "no: nothing allows it"],
    ["http://any.example", ["allow * --private"], "192.168.1.2", "no: it leads to a private network, which no rule names"],
    ["http://a.example", ["allow a.example", "deny 93.184.0.0/16"], "93.184.216.34", "no: deny 93.184.0.0/16"],
  ])("%s with %j at %s: %s", (url, texts, resolved, expected) => expect(ask(url, texts, resolved)).toBe(expected));

  it.each([
    ["127.9.9.9", "loopback"],
    ["::1", "loopback"],
    ["::ffff:10.0.0.1", "a private network"],
    ["fd12:3456::1", "a private network"],
    ["172.31.255.255", "a private network"],
    ["172.32.0.1", undefined],
    ["100.64.0.1", "a carrier's network"],
    ["169.254.169.254", "link-local"],
    ["fe80::1", "link-local"],
    ["0.0.0.0", "this computer"],
    ["::", "this computer"],
    ["255.255.255.255", "a reserved address"],
    ["224.0.0.1", "multicast"],
    ["64:ff9b::7f00:1", "loopback"],
    ["64:ff9b::5db8:d822", undefined],
    ["2002:7f00:1::", "loopback"],
    ["::7f00:1", "a reserved address"],
    ["93.184.216.34", undefined],
    ["2606:2800:220:1::1", undefined],
  ])("%s is %s", (text, expected) => {
    const address = parseAddress(text);
    expect(address && specialRangeOf(address)).toBe(expected);
  });
});

describe("an address in a recording", () => {
  it.each([
    ["HTTPS://Example.com/a?b#c", { scheme: "https", host: "example.com", port: 443 }],
    ["ws://example.com:81", { scheme: "http", host: "example.com", port: 81 }],
    ["http://0x7f.1/", { scheme: "http", host: "127.0.0.1", port: 80 }],
    ["about:blank", null],
    ["data:text/html,x", null],
    ["not an address", null],
    ["file:///etc/passwd", { scheme: "file" }],
    ["chrome://settings", { scheme: "chrome" }],
    ["view-source:http://a.example", { scheme: "view-source" }],
  ])("%s", (address, expected) => expect(targetOf(address)).toEqual(expected));
});

describe("the runner's own page", () => {
  const rules: HostRule[] = ["*", "127.0.0.1", "localhost", "127.0.0.0/8", "::1", "0.0.0.0"].map((pattern) => ({
    effect: "allow",
    pattern,
    by: "device",
  }));
  const compiled = compileRules({
    rules: [...rules, { effect: "allow", pattern: "a.example", private: true, by: "device" }],
    damaged: false,
    ownPort: 18789,
  });
  const decide = (host: string, port: number, resolved?: string) => {
    const target = { scheme: "http", host, port } as const;
    const address = resolved && parseAddress(resolved);
    return address ? decideAddress(compiled, target, address) : decideHost(compiled, target);
  };

  it.each([
    ["127.0.0.1", undefined],
    ["127.0.0.2", undefined],
    ["0.0.0.0", undefined],
    ["::1", undefined],
    ["::ffff:127.0.0.1", undefined],
    ["64:ff9b::7f00:1", undefined],
    ["localhost", "127.0.0.1"],
    ["a.example", "127.0.0.1"],
    ["a.example", "::1"],
  ])("is out of a run's reach as %s (%s), whatever is allowed", (host, resolved) => {
    expect(decide(host, 18_789, resolved)).toMatchObject({ allowed: false, kind: "local", rule: "it is the runner's own page" });
  });

  it("takes nothing else away", () => {
    expect(decide("127.0.0.1", 3000)).toMatchObject({ allowed: true });
    expect(decide("a.example", 18_789, "203.0.114.1")).toMatchObject({ allowed: true });
  });
});
