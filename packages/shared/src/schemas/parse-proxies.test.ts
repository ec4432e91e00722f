import { describe, expect, it } from "vitest";
import { proxiesAsJson, proxiesAsText } from "./export-proxies.ts";
import { type PastedProxy, parseProxies } from "./parse-proxies.ts";

const plain = { name: null, scheme: "http", host: "proxy.example", port: 8080, username: null, password: null, changeUrl: null } as const;
const signedIn = { ...plain, username: "ann", password: "p-w" } as const;

function only(text: string, scheme?: "socks5"): unknown {
  const lines = parseProxies(text, scheme);
  expect(lines.length).toBe(1);
  const [read] = lines;
  return read?.kind === "parsed" ? read.proxy : read;
}

describe("a line of pasted proxies", () => {
  it.each<[string, Partial<PastedProxy>]>([
    ["proxy.example:8080", plain],
    ["http://proxy.example:8080", plain],
    ["http://proxy.example:8080/", plain],
    ["socks5://proxy.example:1080", { ...plain, scheme: "socks5", port: 1080 }],
    ["SOCKS5h://proxy.example:1080", { ...plain, scheme: "socks5", port: 1080 }],
    ["socks4://203.0.113.5:1080", { ...plain, scheme: "socks4", host: "203.0.113.5", port: 1080 }],
    ["https://ann:p-w@proxy.example:8443", { ...signedIn, scheme: "https", port: 8443 }],
    ["ann:p-w@proxy.example:8080", signedIn],
    ["proxy.example:8080@ann:p-w", signedIn],
    ["proxy.example:8080:ann:p-w", signedIn],
    ["http://proxy.example:8080:ann:p-w", signedIn],
    ["ann:p-w:proxy.example:8080", signedIn],
    ["ann@proxy.example:8080", { ...signedIn, password: null }],
    ["proxy.example:8080:ann:", { ...signedIn, password: "" }],
    ["proxy.example:8080:ann:p:w", { ...signedIn, password: "p:w" }],
    ["proxy.example:8080:ann:p,w; x", { ...signedIn, password: "p,w; x" }],
    ["ann:p@w@proxy.example:8080", { ...signedIn, password: "p@w" }],
    ["http://ann:p%40w%3A@proxy.example:8080", { ...signedIn, password: "p@w:" }],
    ["ann:p%40w@proxy.example:8080", { ...signedIn, password: "p%40w" }],
    ["proxy.example\t8080\tann\tp-w", signedIn],
    ["proxy.example,8080,ann,p-w", signedIn],
    ['"proxy.example"; "8080"; "ann"; "p-w"', signedIn],
    ["socks5,proxy.example,8080,ann,p-w", { ...signedIn, scheme: "socks5" }],
    ["proxy.example:8080 ann:p-w", signedIn],
    ["proxy.example|8080|ann|p-w", signedIn],
    ["[2001:db8::1]:8080", { ...plain, host: "2001:db8::1" }],
    ["socks5://ann:p-w@[2001:db8::1]:1080", { ...signedIn, scheme: "socks5", host: "2001:db8::1", port: 1080 }],
    ["[2001:db8::1]:8080:ann:p-w", { ...signedIn, host: "2001:db8::1" }],
    ["203.0.113.5:8080:user-4711:12345", { ...plain, host: "203.0.113.5", username: "user-4711", password: "12345" }],
    ["gateway:8080", { ...plain, host: "gateway" }],
    ["gateway:8080:ann:p-w", { ...signedIn, host: "gateway" }],
    ["PROXY.Example:8080", plain],
    ["proxy.example:8080:ann:p-w[https://change.example/?key=1]", { ...signedIn, changeUrl: "https://change.example/?key=1" }],
  ])("%s is read", (line, proxy) => {
    expect(only(line)).toEqual(proxy);
  });

  it.each([
    ["a.example:8080:b.example:9090", ["a.example", "b.example"]],
    ["one:8080:two:9090", ["one", "two"]],
    ["a.example:8080@b.example:9090", ["b.example", "a.example"]],
    ["203.0.113.5:8080:203.0.113.6:9090", ["203.0.113.5", "203.0.113.6"]],
  ])("%s is asked about, and nothing is guessed", (line, hosts) => {
    const [read] = parseProxies(line);
    expect(read?.kind === "ambiguous" && read.candidates.map(({ host }) => host)).toEqual(hosts);
  });

  it.each([
    ["proxy.example", "port is missing"],
    ["proxy.example:0", "port is not one"],
    ["proxy.example:70000", "port is not one"],
    ["ftp://proxy.example:21", "not http, https, socks4 or socks5"],
    ["2001:db8::1:8080", "stands in brackets"],
    ["[2001:db8::1:8080", "bracket is missing"],
    ["proxy.example:8080:ann", "needs a password"],
    ["a:b:c:d", "No host with a port"],
    ["a b:80", "three parts"],
  ])("%s is refused in words", (line, words) => {
    expect(only(line)).toMatchObject({ kind: "invalid", reason: expect.stringContaining(words) });
  });
});

it("counts lines as they were pasted, and passes over what is none", () => {
  const text = "\uFEFF# from the provider\r\n\r\nproxy.example:8080\r\n// old\r\nnonsense\r\n";
  expect(parseProxies(text).map(({ line, kind }) => [line, kind])).toEqual([
    [3, "parsed"],
    [5, "invalid"],
  ]);
});

it("takes the scheme that was chosen for lines without one, and only for those", () => {
  expect(only("proxy.example:8080", "socks5")).toEqual({ ...plain, scheme: "socks5" });
  expect(only("http://proxy.example:8080", "socks5")).toEqual(plain);
});

it("reads columns by their names", () => {
  const [read] = parseProxies("name,password,user,port,host,type\nMine,p-w,ann,8080,proxy.example,http");
  expect(read).toEqual({ line: 2, kind: "parsed", proxy: { ...signedIn, name: "Mine" } });
});

it("reads JSON of ours and of others, and names the entry that is wrong", () => {
  const others = `[{"ip": "proxy.example", "port": "8080", "login": "ann", "pass": "p-w"}, "ann:p-w@proxy.example:8080", {"host": ""}, 5]`;
  const read = parseProxies(others);
  expect(read.slice(0, 2).map((line) => line.kind === "parsed" && line.proxy)).toEqual([signedIn, signedIn]);
  expect(read.slice(2).map(({ line, kind }) => [line, kind])).toEqual([
    [3, "invalid"],
    [4, "invalid"],
  ]);
  expect(parseProxies("{broken")).toMatchObject([{ line: 1, kind: "invalid" }]);
});

it("exports what it imports again, without any password", () => {
  const proxies = [
    { ...signedIn, name: "One" },
    { ...plain, scheme: "socks5" as const, host: "2001:db8::1", username: "a@b:c" },
  ];
  for (const text of [proxiesAsText(proxies), proxiesAsJson(proxies)]) {
    expect(text).not.toContain("p-w");
    const again = parseProxies(text).map((line) => line.kind === "parsed" && [line.proxy.scheme, line.proxy.host, line.proxy.username]);
    expect(again).toEqual(proxies.map(({ scheme, host, username }) => [scheme, host, username]));
  }
});
