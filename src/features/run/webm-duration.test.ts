import { expect, it } from "vitest";
import { withDuration } from "./webm-duration.ts";

const bytes = (hex: string) => Uint8Array.from(hex.replaceAll(" ", "").match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
const hex = (file: Uint8Array) => [...file].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
const header = "1a 45 df a3 84 42 86 81 01";
const scale = "2a d7 b1 83 0f 42 40";
const cluster = "1f 43 b6 75 ff e7 81 00";
/** 2,500 ticks of a millisecond, as a float of eight bytes */
const duration = "44 89 88 40 a3 88 00 00 00 00 00";

it("a recording without a length gets one, whether its segment has a size or not", () => {
  const open = bytes(`${header} 18 53 80 67 01 ff ff ff ff ff ff ff 15 49 a9 66 87 ${scale} ${cluster}`);
  const info = `15 49 a9 66 01 00 00 00 00 00 00 12 ${scale} ${duration}`;
  expect(hex(withDuration(open, 2500))).toBe(`${header} 18 53 80 67 01 ff ff ff ff ff ff ff ${info} ${cluster}`);
  const sized = bytes(`${header} 18 53 80 67 8c 15 49 a9 66 87 ${scale}`);
  expect(hex(withDuration(sized, 2500))).toBe(`${header} 18 53 80 67 01 00 00 00 00 00 00 1e ${info}`);
});

it("ticks of another length are reckoned with", () => {
  const open = bytes(`${header} 18 53 80 67 ff 15 49 a9 66 87 2a d7 b1 83 0f 42 40`);
  const slow = bytes(`${header} 18 53 80 67 ff 15 49 a9 66 87 2a d7 b1 83 98 96 80`);
  expect(hex(withDuration(slow, 25_000)).slice(-32)).toBe(hex(withDuration(open, 2500)).slice(-32));
});

it("what is not such a file, or has a length, stays as it is", () => {
  const known = bytes(`${header} 18 53 80 67 ff 15 49 a9 66 92 ${scale} ${duration}`);
  for (const file of [known, bytes(""), bytes("00 00"), bytes("1a 45 df a3"), bytes(`${header} 18 53 80 67 ff ${cluster}`)]) {
    expect(withDuration(file, 1)).toBe(file);
  }
});
