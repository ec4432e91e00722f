import { describe, expect, it } from "vitest";
import { writeResult } from "./write-result.ts";

describe("a result as CSV", () => {
  it("quotes what has a comma, a quote or a line break, and nothing else", () => {
    const rows = [
      { name: 'A "big" one', note: "a, b", lines: "1\n2" },
      { name: "Ü", note: "", lines: null },
    ];
    expect(writeResult(rows, "csv")).toBe('name,note,lines\r\n"A ""big"" one","a, b","1\n2"\r\nÜ,,\r\n');
  });
  it("lets no cell of a page become a formula, and leaves numbers be", () => {
    const rows = [{ "=x": "=HYPERLINK(1)" }, { "=x": "@SUM(1)" }, { "=x": "-1.5" }, { "=x": "+49 30" }, { "=x": "\t=1" }, { "=x": -2 }];
    expect(writeResult(rows, "csv")).toBe("'=x\r\n'=HYPERLINK(1)\r\n'@SUM(1)\r\n-1.5\r\n'+49 30\r\n'\t=1\r\n-2\r\n");
    expect(writeResult([{ a: "=1" }], "csv", true)).toBe("a\r\n=1\r\n");
  });
  it("has a row for a single object, and JSON where something nests deeper", () => {
    expect(writeResult({ name: "A", tags: ["x", "y"] }, "csv")).toBe('name,tags\r\nA,"[""x"",""y""]"\r\n');
    expect(writeResult([{ a: { b: 1 } }, { c: 2 }], "csv")).toBe('a,c\r\n"{""b"":1}",\r\n,2\r\n');
    expect(writeResult(["a", "b"], "csv")).toBe("value\r\na\r\nb\r\n");
    expect(writeResult([["a", 1]], "csv")).toBe("1,2\r\na,1\r\n");
    expect(writeResult(7, "csv")).toBe("value\r\n7\r\n");
    expect(writeResult([1, { a: 1 }], "csv")).toBe('value\r\n1\r\n"{""a"":1}"\r\n');
  });
});

describe("a result as lines", () => {
  it("has a line for each item, that can be read by itself", () => {
    const lines = writeResult([{ a: "x\ny" }, null], "ndjson")
      .trimEnd()
      .split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual([{ a: "x\ny" }, null]);
    expect(writeResult({ a: 1 }, "ndjson")).toBe('{"a":1}\n');
    expect(JSON.parse(writeResult({ a: [1] }, "json"))).toEqual({ a: [1] });
  });
});
