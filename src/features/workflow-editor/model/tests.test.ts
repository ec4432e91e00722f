import { parseRecordingData } from "@deskhand/shared/schemas/recording";
import { expect, test } from "vitest";
import { readDocument, writeDocument } from "./document.ts";
import { freeTestName, readTests, resultNames, writeTests } from "./tests.ts";

const extract = { type: "customStep", name: "deskhand.extract", parameters: { kind: "text", key: "who", selectors: ["h1"] } };
const loop = {
  type: "customStep",
  name: "deskhand.loop",
  parameters: { over: { kind: "times", times: 2 }, steps: [{ ...extract, parameters: { ...extract.parameters, key: "inner" } }] },
};
const recording = {
  title: "Look",
  inputs: { properties: { city: { type: "string" } } },
  variables: { sum: { type: "number", output: true }, scratch: { type: "number" } },
  steps: [extract, loop],
};

test("tests are written as the product reads them, and read again as they were", () => {
  const document = readDocument(recording);
  const list = [
    { name: "One", inputs: { city: "Oslo" }, expect: { who: "Anna", rows: [{ a: 1 }] } },
    { name: "Two", inputs: {}, expect: {} },
  ];
  const header = writeTests(document.header, list);
  expect(readTests(header)).toEqual(list);
  expect(parseRecordingData(writeDocument({ ...document, header }))).toMatchObject({ ok: true });
  expect(writeTests(header, [])).toEqual(document.header);
});

test("what is no test is left out, and what is half a test has empty parts", () => {
  expect(readTests({ tests: "no" })).toEqual([]);
  expect(readTests({ tests: [7, { name: "A", inputs: [], expect: null }] })).toEqual([{ name: "A", inputs: {}, expect: {} }]);
});

test("a new test has a name of its own", () => {
  expect(freeTestName([])).toBe("Test 1");
  expect(freeTestName([{ name: "Test 2", inputs: {}, expect: {} }])).toBe("Test 3");
});

test("what the result may hold is known from the steps, also those inside of blocks, and the variables", () => {
  expect(resultNames(readDocument(recording)).sort()).toEqual(["inner", "sum", "who"]);
});
