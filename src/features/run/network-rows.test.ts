import { type HarEntry, harFile } from "@deskhand/shared/formats/har";
import { describe, expect, it } from "vitest";
import { filterRows, networkRows, statusWords, totalsOf, waterfallOf } from "./network-rows.ts";

type Given = { at: number; time: number; url: string; status: number; type?: string; step?: number; receive?: number; failure?: string };

const entryOf = ({ at, time, url, status, type, step, receive = 0, failure }: Given): HarEntry => ({
  startedDateTime: new Date(at).toISOString(),
  time,
  request: { method: "GET", url, httpVersion: "h2", cookies: [], headers: [], queryString: [], headersSize: -1, bodySize: -1 },
  response: {
    status,
    statusText: "",
    httpVersion: "h2",
    cookies: [],
    headers: [],
    content: { size: 100, mimeType: "x" },
    redirectURL: "",
    headersSize: -1,
    bodySize: -1,
    ...(failure && { _failureText: failure }),
  },
  cache: {},
  timings: { send: 0, wait: time - receive, receive },
  ...(type && { _resourceType: type }),
  ...(step !== undefined && { _step: step }),
});
const rowsOf = (...given: Given[]) =>
  networkRows(
    harFile.parse({ log: { version: "1.2", creator: { name: "x", version: "1" }, pages: [], entries: given.map((one) => entryOf(one)) } }),
  );

const rows = rowsOf(
  { at: 1000, time: 100, receive: 50, url: "https://a.example/", status: 200, type: "document", step: 0 },
  { at: 1100, time: 100, url: "https://a.example/app.js?v=2", status: 304, type: "script", step: 0 },
  { at: 1300, time: 100, url: "https://api.example/v1/items", status: 503, type: "fetch", step: 1 },
  { at: 1350, time: 0, url: "https://b.example/pixel", status: 0, type: "image", step: 1, failure: "net::ERR_NAME_NOT_RESOLVED" },
);
const all = { search: "", steps: null, kind: null, status: null };
const names = (filter: Partial<Parameters<typeof filterRows>[1]>) => filterRows(rows, { ...all, ...filter }).map(({ name }) => name);

describe("a run's requests", () => {
  it("have a short name, and a step", () => {
    expect(rows.map(({ name, step }) => [name, step])).toEqual([
      ["a.example", 0],
      ["app.js?v=2", 0],
      ["items", 1],
      ["pixel", 1],
    ]);
  });
  it("are found by step, kind, status and what is in their address", () => {
    expect(names({ steps: new Set([1]) })).toEqual(["items", "pixel"]);
    expect(names({ kind: "script" })).toEqual(["app.js?v=2"]);
    expect(names({ status: "problem" })).toEqual(["items", "pixel"]);
    expect(names({ status: "none" })).toEqual(["pixel"]);
    expect(names({ status: "3" })).toEqual(["app.js?v=2"]);
    expect(names({ search: " API.example " })).toEqual(["items"]);
    expect(names({ search: "items", steps: new Set([0]) })).toEqual([]);
  });
  it("stand on one scale, from the first to the last that is shown", () => {
    const place = waterfallOf(rows);
    expect(rows.map(place)[0]).toEqual({ left: 0, wait: 12.5, receive: 12.5 });
    expect(rows.map(place)[2]).toEqual({ left: 75, wait: 25, receive: 0 });
    const [only] = filterRows(rows, { ...all, kind: "script" });
    expect(only && waterfallOf([only])(only)).toEqual({ left: 0, wait: 100, receive: 0 });
  });
  it("say why one had no answer, and add up", () => {
    expect(rows.map(({ entry }) => statusWords(entry))).toEqual(["200", "304", "503", "name not resolved"]);
    expect(totalsOf(rows)).toEqual({ requests: 4, bytes: 300, problems: 2 });
  });
});
