import { expect, test } from "vitest";
import { isPlainData } from "./plain-data.ts";

test("what JSON and bytes can say is plain", () => {
  for (const value of [null, 1, "a", undefined, [], {}, { a: [{ b: new Uint8Array(2) }] }, Object.create(null)])
    expect(isPlainData(value, { bytes: true })).toBe(true);
});

test("how deep a message is does no harm", () => {
  let deep: unknown = [];
  for (let n = 0; n < 100_000; n++) deep = [deep];
  expect(isPlainData(deep, { bytes: false })).toBe(true);
});

test("an object with a prototype of its own is not, nor what would become one, however deep it lies", () => {
  // as socket.io leaves it with an attachment of the name __proto__
  const object = Object.setPrototypeOf({}, Buffer.from("x"));
  const named = JSON.parse('{"a":[{"__proto__":{"v":1}}]}');
  for (const value of [object, [object], { a: { b: [object] } }, new Date(), named])
    expect(isPlainData(value, { bytes: true })).toBe(false);
});

test("bytes are plain only where they are expected", () => {
  expect([true, false].map((bytes) => isPlainData({ payload: Buffer.from("x") }, { bytes }))).toEqual([true, false]);
});
