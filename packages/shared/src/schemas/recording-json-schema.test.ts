import { Ajv2020 } from "ajv/dist/2020.js";
import fc from "fast-check";
import { expect, it } from "vitest";
import { recordingSchema } from "./recording.ts";
import { recordingJsonSchema } from "./recording-json-schema.ts";
import { everyBlock } from "./testing/every-block.ts";

const validate = new Ajv2020({ strict: false, formats: { uuid: true } }).compile(recordingJsonSchema());
const settings = {
  timeoutMs: 90_000,
  retries: 2,
  backoffMs: 5,
  onError: "continue",
  note: "Why",
  screenshot: true,
  dialog: "accept",
  dialogText: "{{user}}",
};
const settled = { type: "close", deskhand: { ...settings, expect: { kind: "url", operator: "contains", value: "/" } } };

it("the published JSON Schema takes what a document may hold", () => {
  const document = { ...everyBlock, steps: [...everyBlock.steps, settled] };
  expect(validate(document), JSON.stringify(validate.errors)).toBe(true);
  expect(recordingSchema.safeParse(document).success).toBe(true);
});

it("the published JSON Schema and the one that the product reads by agree on documents that were changed somewhere", () => {
  const text = JSON.stringify({ ...everyBlock, steps: [...everyBlock.steps, settled] });
  const places = pathsIn(JSON.parse(text));
  const value = fc.constantFrom(null, "", "x", 0, -1, 1.5, 10 ** 9, true, {}, [], [[]], { kind: "not" }, { a: 1 });
  fc.assert(
    fc.property(fc.constantFrom(...places), fc.option(value, { nil: undefined }), (path, changed) => {
      const document = JSON.parse(text);
      const owner = path.slice(0, -1).reduce((part, key) => part[key], document);
      const key = path.at(-1) ?? "";
      if (changed === undefined) delete owner[key];
      else owner[key] = changed;
      const copy = JSON.parse(JSON.stringify(document));
      expect(validate(copy), path.join(".")).toBe(recordingSchema.safeParse(copy).success);
    }),
    { numRuns: 600 },
  );
});

// biome-ignore lint/suspicious/noExplicitAny: any JSON
function pathsIn(value: any, path: string[] = []): string[][] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((key) => [[...path, key], ...pathsIn(value[key], [...path, key])]);
}
