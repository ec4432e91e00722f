import { expect, it } from "vitest";
import { copyName } from "./copy-name.ts";

it("names a copy after what it is a copy of, and counts on", () => {
  expect(copyName("Orders")).toBe("Orders copy");
  expect(copyName("Orders copy")).toBe("Orders copy 2");
  expect(copyName("Orders copy 9")).toBe("Orders copy 10");
  expect(copyName("Read a copy of it")).toBe("Read a copy of it copy");
});

it("keeps a long name within what a name may have, and no character cut in two", () => {
  expect(copyName("a".repeat(80))).toBe(`${"a".repeat(75)} copy`);
  expect(copyName("😀".repeat(40))).toBe(`${"😀".repeat(37)} copy`);
});
