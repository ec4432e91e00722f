import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { mismatchOf } from "./compare-exit.ts";
import { checkServices, findExit, readExit } from "./find-exit.ts";

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

async function service(answer: string | null, status = 200): Promise<string> {
  const server = createServer((_, response) => {
    if (answer !== null) response.writeHead(status, { "content-type": "application/json" }).end(answer);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/json`;
}
const direct = async ({ port }: { port: number }) => connect(port, "127.0.0.1");
const berlin = JSON.stringify({ ip: "203.0.113.5", country: "DE", timezone: "Europe/Berlin" });

describe("an exit", () => {
  it.each([
    ["ipinfo.io", { ip: "203.0.113.5", country: "DE", timezone: "Europe/Berlin" }],
    [
      "ipwho.is",
      { ip: "203.0.113.5", success: true, country: "Germany", country_code: "DE", timezone: { id: "Europe/Berlin", utc: "+01:00" } },
    ],
    ["ip-api.com", { query: "203.0.113.5", countryCode: "DE", timezone: "Europe/Berlin" }],
  ])("is read as %s tells it", (_, answer) => {
    expect(readExit(JSON.stringify(answer))).toEqual({ address: "203.0.113.5", country: "DE", timeZone: "Europe/Berlin", place: null });
  });

  it("is not made up from what is no answer", () => {
    for (const text of ["", "<html>", "5", "null", "{}", '{"ip":"example.com"}']) expect(readExit(text)).toBeUndefined();
    expect(readExit('{"ip":"203.0.113.5","country":"Neverland","timezone":"Never/Land"}')).toMatchObject({ country: null, timeZone: null });
  });

  it("is asked of the next service when one does not know", async () => {
    const services = [await service("sorry", 429), await service(berlin)];
    expect(await findExit(direct, { services })).toMatchObject({ exit: { country: "DE" }, latencyMs: expect.any(Number) });
    await expect(findExit(direct, { services: services.slice(0, 1) })).rejects.toMatchObject({ code: "PROXY_CHECK_FAILED" });
  });

  it("is not waited for without end", async () => {
    await expect(findExit(direct, { services: [await service(null)], timeoutMs: 60 })).rejects.toMatchObject({ code: "PROXY_TIMEOUT" });
  });

  it("is asked of the services that the runner's owner chose", () => {
    expect(checkServices({ DESKHAND_PROXY_CHECK_URL: "http://127.0.0.1:9/a, nonsense,https://b.example/" })).toEqual([
      "http://127.0.0.1:9/a",
      "https://b.example/",
    ]);
    expect(checkServices({}).length).toBeGreaterThan(1);
  });
});

describe("an exit and an identity", () => {
  const exit = { address: "203.0.113.5", country: "DE", timeZone: "Europe/Berlin", place: null };
  it("fit when the country has the identity's time zone", () => {
    expect(mismatchOf(exit, { timeZone: "Europe/Berlin" })).toBeUndefined();
    expect(
      mismatchOf({ ...exit, country: "US", timeZone: "America/New_York" }, { timeZone: "America/Detroit" }, new Date("2026-01-15")),
    ).toBeUndefined();
    expect(mismatchOf({ ...exit, country: null, timeZone: null }, { timeZone: "Asia/Tokyo" })).toBeUndefined();
    expect(mismatchOf({ ...exit, country: "IN", timeZone: null }, { timeZone: "Asia/Calcutta" })).toBeUndefined();
  });

  it("do not fit when pages are told another place than the one where it leads out", () => {
    const told = { ...exit, place: { latitude: 52.52, longitude: 13.4 } };
    const at = (latitude: number, longitude: number) => ({ timeZone: "Europe/Berlin", geolocation: { latitude, longitude } });
    // Munich, then Madrid, with a clock like Berlin's
    expect(mismatchOf(told, at(48.14, 11.58))).toBeUndefined();
    expect(mismatchOf(told, at(40.42, -3.7))).toMatch(/18\d\d km from the identity's place/);
    expect(mismatchOf(told, { timeZone: "Europe/Berlin", geolocation: null })).toBeUndefined();
  });

  it("do not fit when pages are told a place in another country, also where the service knows no place", () => {
    const at = (latitude: number, longitude: number) => ({ timeZone: "Europe/Berlin", geolocation: { latitude, longitude } });
    expect(mismatchOf(exit, at(52.52, 13.4))).toBeUndefined();
    // Madrid, Milan and Warsaw have the same clock
    for (const [latitude, longitude] of [
      [40.42, -3.7],
      [45.46, 9.19],
      [52.23, 21.01],
    ] as const)
      expect(mismatchOf(exit, at(latitude, longitude))).toBe("it is in Germany, and the identity's place is not");
    // Salzburg is behind the border, and nobody's map is that exact; the sea has no country; the date line goes through Fiji
    expect(mismatchOf(exit, at(47.8, 13.04))).toBeUndefined();
    expect(mismatchOf(exit, at(45, -40))).toBeUndefined();
    const fiji = { ...exit, country: "FJ", timeZone: "Pacific/Fiji" };
    expect(mismatchOf(fiji, { timeZone: "Pacific/Fiji", geolocation: { latitude: -16.8, longitude: 179.9 } })).toBeUndefined();
    expect(mismatchOf({ ...exit, country: null }, at(40.42, -3.7))).toBeUndefined();
  });

  it("is read with its place, as services tell it", () => {
    const place = { latitude: 52.52, longitude: 13.4 };
    const ip = "203.0.113.5";
    expect(readExit(JSON.stringify({ ip, loc: "52.52,13.4" }))).toMatchObject({ place });
    expect(readExit(JSON.stringify({ ip, ...place }))).toMatchObject({ place });
    expect(readExit(JSON.stringify({ query: ip, lat: 52.52, lon: 13.4 }))).toMatchObject({ place });
    expect(readExit(JSON.stringify({ ip, loc: "somewhere" }))).toMatchObject({ place: null });
    expect(readExit(JSON.stringify({ ip, latitude: 91, longitude: 0 }))).toMatchObject({ place: null });
  });

  it("do not fit when the clocks differ, or nobody in the country keeps that time", () => {
    expect(mismatchOf(exit, { timeZone: "Asia/Tokyo" })).toContain("Europe/Berlin");
    expect(mismatchOf({ ...exit, timeZone: null }, { timeZone: "Asia/Tokyo" })).toContain("Germany");
    expect(mismatchOf({ ...exit, country: "FR" }, { timeZone: "Europe/Berlin" })).toContain("France");
  });
});
