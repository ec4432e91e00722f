import { fileNotKept } from "@deskhand/shared/schemas/append-recorded";
import { UPLOAD_MAX_CHARACTERS, uploadParametersSchema } from "@deskhand/shared/schemas/custom-step-parameters";
import { describe, expect, it } from "vitest";
import { bytesOfContent, isUnreadable, uploadContent, withoutFileNote } from "./upload-content.ts";

const read = (...parts: BlobPart[]) => uploadContent(new File(parts, "chosen.dat"));

describe("a file that is chosen for an upload", () => {
  it("ends the recorder's word that it has to be chosen, and no other", () => {
    const step = (content: string, note: string, more: object = {}) => ({
      ...{ type: "customStep", name: "deskhand.upload" },
      ...{ parameters: { selectors: ["#file"], file: { from: "content", name: "a.txt", content } }, deskhand: { note, ...more } },
    });
    expect(withoutFileNote(step("", fileNotKept))).toEqual(step("", fileNotKept));
    expect(withoutFileNote(step("hello", fileNotKept))).not.toHaveProperty("deskhand");
    expect(withoutFileNote(step("hello", fileNotKept, { timeout: 5 }))).toMatchObject({ deskhand: { timeout: 5 } });
    expect(withoutFileNote(step("hello", "The invoice"))).toEqual(step("hello", "The invoice"));
  });

  it("stays readable where it is text, and comes out as it was", async () => {
    expect(await read("\uFEFFname;price\nNut;1 €\n")).toEqual({
      from: "content",
      name: "chosen.dat",
      content: "\uFEFFname;price\nNut;1 €\n",
      encoding: "text",
    });
    expect(await read("")).toMatchObject({ content: "", encoding: "text" });
  });

  it("is base64 where it is none, or has braces that would be read as a value", async () => {
    const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index % 256);
    const kept = await read(bytes);
    expect(kept).toMatchObject({ encoding: "base64", content: Buffer.from(bytes).toString("base64") });
    expect(bytesOfContent(kept)).toBe(20_000);
    expect(await read("Dear {{name}}")).toMatchObject({ encoding: "base64", content: btoa("Dear {{name}}") });
    expect(await read("a\0b")).toMatchObject({ encoding: "base64" });
    expect(bytesOfContent(await read("text"))).toBeNull();
    expect([kept, await read("a\0b"), { encoding: "base64", content: "" }].map(isUnreadable)).toEqual([true, false, false]);
  });

  it("is taken as long as a step has room for it, and told where it has none", async () => {
    const fits = [
      await read("x".repeat(UPLOAD_MAX_CHARACTERS)),
      await read("€".repeat(UPLOAD_MAX_CHARACTERS)),
      await read(new Uint8Array((UPLOAD_MAX_CHARACTERS / 4) * 3).fill(255)),
    ];
    for (const file of fits) expect(uploadParametersSchema.safeParse({ selectors: ["#file"], file }).success).toBe(true);
    const trouble = expect.stringMatching(/chosen\.dat.*1,000,000 characters.*750,000 bytes/);
    expect(await read("x".repeat(UPLOAD_MAX_CHARACTERS + 1))).toEqual({ trouble });
    expect(await read(new Uint8Array((UPLOAD_MAX_CHARACTERS / 4) * 3 + 1).fill(255))).toEqual({ trouble });
    expect(await read(new Uint8Array(UPLOAD_MAX_CHARACTERS * 4 + 1))).toEqual({ trouble });
  });
});
