import { readFile } from "node:fs/promises";
import path from "node:path";
import { harFile } from "@deskhand/shared/formats/har";
import { chromium } from "playwright-core";
import { describe, expect, it } from "vitest";
import { findBrowser } from "../browser/find-browser.ts";
import { orderRun } from "../testing/worker.ts";
import { openWorkerBed } from "../testing/worker-bed.ts";
import { makeHar } from "./network-har.ts";

const bed = openWorkerBed();

describe("the requests of a run", () => {
  it("are kept as a HAR by step, with nothing in it that lets somebody in, and Playwright can replay it", async () => {
    const steps = [
      { type: "navigate", url: `${bed.site.origin}/sign-in?token=t0psecret&page=2` },
      { type: "change", selectors: ["aria/User name"], value: "ann" },
      { type: "change", selectors: ["aria/Password"], value: "{{inputs.password}}" },
      { type: "click", selectors: ["#go"], offsetX: 2, offsetY: 2, assertedEvents: [{ type: "navigation" }] },
      { type: "navigate", url: `${bed.site.origin}/account?q={{inputs.password}}` },
    ];
    const extra = { inputs: { properties: { password: { type: "string", writeOnly: true } }, required: ["password"] } };
    const inputs = { password: "correct horse" };
    const { runId, artifactsDir, finished } = orderRun(bed.worker, { folder: bed.folder.path, steps, inputs, extra });
    expect(await finished).toMatchObject({ status: "succeeded" });
    expect(bed.worker.events(runId)).toContainEqual(expect.objectContaining({ kind: "artifact", type: "har", name: "network.har" }));

    const file = path.join(artifactsDir, "network.har");
    const text = await readFile(file, "utf8");
    expect(text).not.toMatch(/correct[ +]horse|correct%20horse|t0psecret|session=ann|"value":"ann"/);
    const { entries, pages } = harFile.parse(JSON.parse(text)).log;
    expect(pages).toHaveLength(1);
    const seen = entries.map(({ request, response, _step }) => [_step, request.method, new URL(request.url).pathname, response.status]);
    expect(seen).toEqual(
      expect.arrayContaining([
        [0, "GET", "/sign-in", 200],
        [3, "POST", "/sign-in", 303],
        [3, "GET", "/account", 200],
        [4, "GET", "/account", 200],
      ]),
    );
    expect(entries.every(({ time, response }) => time > 0 && response.content.size > 0 === (response.status === 200))).toBe(true);

    const executablePath = findBrowser()?.path ?? "";
    const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
    try {
      const page = await browser.newPage();
      await page.routeFromHAR(file, { notFound: "abort" });
      const asked = bed.site.requests.length;
      const answer = await page.goto(`${bed.site.origin}/account`).catch(() => undefined);
      const replayed = entries.find(({ request, _step }) => _step === 3 && request.url.endsWith("/account"));
      expect(answer?.status()).toBe(replayed?.response.status);
      expect(bed.site.requests).toHaveLength(asked);
    } finally {
      await browser.close();
    }
  });
});

describe("a HAR made of a trace", () => {
  const at = (ms: number) => new Date(ms).toISOString();
  const line = (ms: number, url: string, more: object = {}) =>
    `${JSON.stringify({ type: "resource-snapshot", snapshot: { ...entry(ms, url), ...more } })}\n`;
  const entry = (ms: number, url: string) => ({
    pageref: "page@1",
    startedDateTime: at(ms),
    time: -1,
    request: { method: "GET", url, httpVersion: "HTTP/1.1", cookies: [], headers: [], queryString: [], headersSize: -1, bodySize: -1 },
    response: {
      status: -1,
      statusText: "",
      httpVersion: "HTTP/1.1",
      cookies: [],
      headers: [],
      content: { size: -1, mimeType: "x-unknown", _sha1: "x", text: "a body" },
      headersSize: -1,
      bodySize: -1,
      redirectURL: "",
      _failureText: "net::ERR_FAILED",
    },
    cache: {},
    timings: { send: -1, wait: -1, receive: -1 },
  });
  const make = (network: string, more: Partial<Parameters<typeof makeHar>[0]> = {}) =>
    harFile.parse(JSON.parse(makeHar({ network, mask: (text) => text, steps: [], held: [], maxBytes: 1e6, ...more }))).log;

  it("is valid also where no answer came, and leaves bodies and what no network saw out", () => {
    const network = `${line(2, "http://a.example/b")}not json\n${line(1, "data:text/plain,x")}${line(1, "http://a.example/a")}`;
    const { entries } = make(network);
    expect(entries.map(({ request }) => request.url)).toEqual(["http://a.example/a", "http://a.example/b"]);
    expect(entries[0]).toMatchObject({ time: 0, response: { status: 0, _failureText: "net::ERR_FAILED" } });
    expect(JSON.stringify(entries)).not.toContain("a body");
  });

  it("does not know the size of a body that came from the browser's cache", () => {
    const { response } = entry(1, "http://a.example/");
    const network = line(1, "http://a.example/", {
      response: { ...response, status: 200, headersSize: 684, bodySize: -684, _transferSize: 0 },
    });
    expect(make(network).entries[0]?.response).toMatchObject({ headersSize: 684, bodySize: -1, _transferSize: 0 });
  });

  it("knows no time of encryption where nothing was encrypted", () => {
    const timings = { send: 0, wait: 5, receive: 1, connect: 94, ssl: 97 };
    const network = ["http", "https"].map((scheme, ms) => line(ms, `${scheme}://a.example/`, { timings })).join("");
    expect(make(network).entries.map(({ timings: { ssl } }) => ssl)).toEqual([-1, 97]);
  });

  it("leaves out what a person did by hand", () => {
    const network = [1, 5, 9].map((ms) => line(ms, `http://a.example/${ms}`)).join("");
    const { entries } = make(network, {
      held: [{ from: 4, to: 8 }],
      steps: [
        { at: 0, index: 0 },
        { at: 9, index: 2 },
      ],
    });
    expect(entries.map(({ request, _step }) => [request.url, _step])).toEqual([
      ["http://a.example/1", 0],
      ["http://a.example/9", 2],
    ]);
  });

  it("hides what lets somebody in wherever it is written", () => {
    const headers = [
      { name: "Authorization", value: "Bearer abc" },
      { name: "X-Api-Key", value: "abc" },
      { name: ":path", value: "/x?code=abc" },
      { name: "location", value: "/cb?code=abc&x=1" },
      { name: "Referer", value: "https://u:abc@a.example/?sid=abc#access_token=abc" },
    ];
    const { request } = entry(1, "https://u:abc@a.example/x?q=1&code=abc");
    const cookies = [{ name: "a", value: "abc" }];
    const network = line(1, "", { request: { ...request, headers, cookies, queryString: [{ name: "code", value: "abc" }] } });
    expect(JSON.stringify(make(network))).not.toContain("abc");
    expect(make(network).entries[0]?.request.url).toContain("a.example/x?q=1&code=");
  });

  it("stops at its limit and says how much is left out", () => {
    const network = Array.from({ length: 100 }, (_, ms) => line(ms, "http://a.example/")).join("");
    const { entries, comment } = make(network, { maxBytes: 20_000 });
    expect(entries.length).toBeGreaterThan(5);
    expect(comment).toContain(`The last ${100 - entries.length} of 100`);
  });
});
