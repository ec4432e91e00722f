import { beforeEach, expect, it } from "vitest";
import { PageSessions } from "./page-sessions.ts";

const minuteMs = 60_000;
let now = 0;
let sessions: PageSessions;
beforeEach(() => {
  now = 1_000_000;
  sessions = new PageSessions(() => now);
});

it("are good while they are used, and at most for twelve hours", () => {
  const { cookie, key } = sessions.begin();
  for (let minutes = 0; minutes < 12 * 60 - 20; minutes += 20) {
    expect(sessions.find([cookie], key)).toBeDefined();
    now += 20 * minuteMs;
  }
  expect(sessions.find([cookie], key)).toBeDefined();
  now += 20 * minuteMs;
  expect(sessions.find([cookie], key)).toBeUndefined();
});

it("end when half an hour goes by without a request", () => {
  const { cookie, key } = sessions.begin();
  now += 30 * minuteMs;
  expect(sessions.find([cookie], key)).toBeUndefined();
});

it("keep their halves apart from those of others", () => {
  const [one, other] = [sessions.begin(), sessions.begin()];
  expect(sessions.find([one.cookie], other.key)).toBeUndefined();
  expect(sessions.find([], one.key)).toBeUndefined();
  expect(sessions.find([other.cookie, one.cookie], one.key)).toBeDefined();
});

it("are twenty at most: the oldest makes room", () => {
  const all = Array.from({ length: 21 }, () => sessions.begin());
  const good = all.map(({ cookie, key }) => sessions.find([cookie], key) !== undefined);
  expect(good).toEqual([false, ...Array(20).fill(true)]);
});
