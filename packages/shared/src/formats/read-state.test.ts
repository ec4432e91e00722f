import { describe, expect, test } from "vitest";
import type { StateCookie } from "./cookie.ts";
import { mergeStates } from "./merge-states.ts";
import { readState } from "./read-state.ts";
import { writeStateAs } from "./write-state.ts";

const read = (text: string) => {
  const result = readState(text);
  if (!result.ok) throw new Error(JSON.stringify(result));
  return result;
};
const refused = (text: string) => {
  const result = readState(text);
  if (result.ok) throw new Error(`it was read as ${result.format}`);
  return result;
};

const lines = (...rows: string[]) => ["# Netscape HTTP Cookie File", ...rows].join("\n");
const good = ".example.com\tTRUE\t/\tTRUE\t1999999999\tsid\tabc";

describe("a cookies.txt", () => {
  test("is read with comments, empty lines, Windows' line ends, session cookies and those for HTTP only", () => {
    const text = lines(
      "# a comment",
      "",
      good,
      "#HttpOnly_host.example.com\tFALSE\t/app\tFALSE\t0\tonly\t",
      "b.example.com\tTRUE\t/\tFALSE\t12.5\tc\td e",
    );
    const made = read(`\uFEFF${text.replaceAll("\n", "\r\n")}\r\n`).state.cookies;
    expect(made).toEqual([
      { name: "sid", value: "abc", domain: ".example.com", path: "/", expires: 1999999999, httpOnly: false, secure: true, sameSite: "Lax" },
      { name: "only", value: "", domain: "host.example.com", path: "/app", expires: -1, httpOnly: true, secure: false, sameSite: "Lax" },
      { name: "c", value: "d e", domain: ".b.example.com", path: "/", expires: 12, httpOnly: false, secure: false, sameSite: "Lax" },
    ]);
  });

  test("without its first line, and with an empty value whose tab is gone, is recognised too", () => {
    expect(read("example.com\tFALSE\t/\tFALSE\t0\tname").state.cookies).toMatchObject([{ name: "name", value: "", expires: -1 }]);
  });

  test("with a wrong line is refused whole, and each wrong line is told", () => {
    const spaces = good.replaceAll("\t", "    ");
    const text = lines(
      good,
      spaces,
      "exa mple\tTRUE\t/\tTRUE\t0\tn\tv",
      ".example.com\tFALSE\t/\tTRUE\t0\tn\tv",
      "a.com\tYES\t/\tTRUE\t0\tn\tv",
    );
    const more = [
      "a.com\tTRUE\t/\tno\t0\tn\tv",
      "a.com\tTRUE\t/\tTRUE\tsoon\tn\tv",
      "a.com\tTRUE\tpath\tTRUE\t0\tn\tv",
      "a.com\tTRUE\t/\tTRUE\t1999999999000\tn\tv",
    ];
    const { format, problems } = refused(`${text}\n${more.join("\n")}`);
    expect(format).toBe("cookies-txt");
    expect(problems.map(({ where }) => where)).toEqual(["line 3", "line 4", "line 5", "line 6", "line 7", "line 8", "line 9", "line 10"]);
    expect(problems[0]?.reason).toContain("spaces instead of tabs");
  });

  test("tells at most 20 problems, and how many more there are", () => {
    const { problems, more } = refused(lines(...Array.from({ length: 30 }, () => "a\tb")));
    expect([problems.length, more]).toEqual([20, 10]);
  });

  test("says nothing of what is in the lines that it refuses", () => {
    const secret = "hunter2";
    const text = lines(
      `${secret}=\tTRUE\t/\tTRUE\t0\t${secret};\t${secret}`,
      `a.com\t${secret}\t/\tTRUE\t0\tn\tv`,
      `a.com\tTRUE\t/\tTRUE\t0\t${secret}=\tv`,
    );
    expect(JSON.stringify(refused(text))).not.toContain(secret);
  });
});

describe("a JSON array", () => {
  const common = { name: "sid", value: "abc", path: "/" };
  const whole = { name: "sid", value: "abc", path: "/", domain: ".example.com", expires: 1999999999, httpOnly: true, secure: true };

  test.each([
    [
      "EditThisCookie",
      {
        ...common,
        domain: ".example.com",
        expirationDate: 1999999999,
        hostOnly: false,
        httpOnly: true,
        sameSite: "no_restriction",
        secure: true,
        session: false,
        storeId: "0",
        id: 1,
      },
      { ...whole, sameSite: "None" },
    ],
    [
      "Cookie-Editor",
      {
        ...common,
        domain: ".example.com",
        expirationDate: 1999999999,
        hostOnly: false,
        httpOnly: true,
        sameSite: null,
        secure: true,
        session: false,
        storeId: null,
      },
      { ...whole, sameSite: "Lax" },
    ],
    [
      "Puppeteer",
      {
        ...common,
        domain: ".example.com",
        expires: 1999999999,
        size: 6,
        httpOnly: true,
        secure: true,
        session: false,
        sameParty: false,
        sourceScheme: "Secure",
        sameSite: "Strict",
      },
      { ...whole, sameSite: "Strict" },
    ],
    [
      "Playwright",
      { ...common, domain: ".example.com", expires: 1999999999, httpOnly: true, secure: true, sameSite: "Lax" },
      { ...whole, sameSite: "Lax" },
    ],
    [
      "Selenium",
      { ...common, domain: ".example.com", expiry: 1999999999, httpOnly: true, secure: true, sameSite: "Lax" },
      { ...whole, sameSite: "Lax" },
    ],
    [
      "milliseconds",
      { ...common, domain: ".example.com", expires: 1999999999000, httpOnly: true, secure: true },
      { ...whole, sameSite: "Lax" },
    ],
    [
      "a date",
      { ...common, domain: ".example.com", expires: "2033-05-18T03:33:19Z", httpOnly: true, secure: true },
      { ...whole, sameSite: "Lax" },
    ],
    [
      "an address",
      { ...common, url: "https://example.com/a", expires: -1 },
      { ...common, domain: "example.com", expires: -1, httpOnly: false, secure: false, sameSite: "Lax" },
    ],
    [
      "host only",
      { ...common, domain: "example.com", hostOnly: false, session: true, expirationDate: 5, sameSite: "unspecified" },
      { ...common, domain: ".example.com", expires: -1, httpOnly: false, secure: false, sameSite: "Lax" },
    ],
    [
      "a cookie of the site that it is kept apart for",
      { ...common, domain: "example.com", secure: true, partitionKey: { topLevelSite: "https://top.com", hasCrossSiteAncestor: true } },
      {
        ...common,
        domain: "example.com",
        expires: -1,
        httpOnly: false,
        secure: true,
        sameSite: "Lax",
        partitionKey: "https://top.com",
        _crHasCrossSiteAncestor: true,
      },
    ],
  ])("of %s is read", (_, entry, expected) => {
    expect(read(JSON.stringify([entry])).state.cookies).toEqual([expected]);
  });

  test("with wrong entries is refused whole, each with its place", () => {
    const entries = [
      common,
      7,
      { ...common, domain: "a.com", sameSite: "sometimes" },
      { ...common, domain: "a.com", expires: "soon" },
      { ...common, domain: "a.com", sameSite: "None" },
      { ...common, domain: "a.com" },
      { ...common, name: "__Host-x", domain: ".a.com", secure: true },
    ];
    expect(refused(JSON.stringify(entries)).problems.map(({ where }) => where)).toEqual([
      "[0].domain",
      "[1]",
      "[2].sameSite",
      "[3].expires",
      "[4]",
      "[6]",
    ]);
  });
});

describe("a storage state", () => {
  const database = {
    name: "db",
    version: 1,
    stores: [
      {
        name: "s",
        autoIncrement: false,
        keyPath: "id",
        indexes: [],
        records: [{ value: { id: 1 } }, { key: 2, valueEncoded: { d: "2030" } }],
      },
    ],
  };

  test("is read with IndexedDB, and without what a runner put beside it", () => {
    const given = { cookies: [], origins: [{ origin: "https://a.com", localStorage: [], indexedDB: [database] }] };
    expect(read(JSON.stringify({ ...given, deskhand: { version: 3 } })).state).toEqual(given);
    expect(JSON.parse(writeStateAs("storage-state", { ...given, deskhand: 1 } as never))).toEqual(given);
  });

  test("with wrong origins is refused, each with its path", () => {
    const bad = { ...database, stores: [{ ...database.stores[0], records: [{}] }] };
    const text = JSON.stringify({
      cookies: [{ name: "a" }],
      origins: [
        { origin: "https://a.com/path", localStorage: [{ name: "n" }] },
        { origin: "https://b.com", indexedDB: [bad] },
        { origin: "https://c.com" },
        { origin: "https://c.com" },
      ],
    });
    expect(refused(text).problems.map(({ where }) => where)).toEqual([
      "cookies[0].value",
      "origins[0].origin",
      "origins[0].localStorage[0].value",
      "origins[1].indexedDB[0].stores[0].records[0]",
      "origins[3].origin",
    ]);
  });
});

test.each([
  ["", "line 1"],
  ["hello there", "line 1"],
  ['{"a": 1}', "line 1"],
  ['{"cookies": [], "origins": []}', "cookies"],
  ["[]", "[0]"],
  ['[\n{"name": "a"},\n{"name" "b"}]', "line 3"],
  ['{\n"cookies": [', "line 2"],
])("%j is refused with the place of its mistake", (text, where) => {
  expect(refused(text).problems).toEqual([{ where, reason: expect.any(String) }]);
});

test("what comes replaces what is there, and leaves the rest", () => {
  const of = (name: string, made: string): StateCookie => ({
    name,
    value: made,
    domain: "a.com",
    path: "/",
    expires: -1,
    httpOnly: false,
    secure: false,
    sameSite: "Lax",
  });
  const place = (origin: string, made: string) => ({ origin, localStorage: [{ name: "n", value: made }] });
  const there = { cookies: [of("a", "1"), of("b", "1")], origins: [place("https://a.com", "1"), place("https://b.com", "1")] };
  const comes = { cookies: [of("b", "2"), of("c", "2")], origins: [place("https://b.com", "2")] };
  expect(mergeStates(there, comes)).toEqual({
    cookies: [of("a", "1"), of("b", "2"), of("c", "2")],
    origins: [place("https://a.com", "1"), place("https://b.com", "2")],
  });
});
