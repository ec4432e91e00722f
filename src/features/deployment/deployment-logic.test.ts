import { armor, Decrypter, generateIdentity, identityToRecipient } from "age-encryption";
import { describe, expect, it } from "vitest";
import { sealFor } from "@/trpc/seal";
import { checkInputs, errorsFromDetails, givenValues, initialValues, inputFields, readInputSchema } from "./input-fields.ts";
import { preselectProfiles, preselectRunner, usableRunners } from "./preselect.ts";

const inputs = readInputSchema({
  type: "object",
  properties: {
    user: { type: "string", title: "User name", default: "ada" },
    password: { type: "string", writeOnly: true },
    pages: { type: "integer", minimum: 1, maximum: 5 },
    size: { type: "integer", enum: [10, 20], default: 10 },
    dryRun: { type: "boolean" },
  },
  required: ["user", "password"],
});

describe("the form of a workflow's inputs", () => {
  it("has a fitting field for each input", () => {
    expect(inputFields(inputs).map(({ name, kind, required }) => [name, kind, required])).toEqual([
      ["user", "text", true],
      ["password", "password", true],
      ["pages", "number", false],
      ["size", "select", false],
      ["dryRun", "switch", false],
    ]);
    expect(initialValues(inputs)).toEqual({ user: "ada", password: "", pages: "", size: "10", dryRun: false });
  });
  it("keeps secrets apart from what is sent in clear, and leaves out what is empty", () => {
    expect(checkInputs(inputs, { ...initialValues(inputs), password: "s3cret", size: "20" })).toEqual({
      ok: true,
      plain: { user: "ada", size: 20, dryRun: false },
      secret: { password: "s3cret" },
    });
  });
  it("says at the field what is wrong, without its value", () => {
    const checked = checkInputs(inputs, { ...initialValues(inputs), pages: 9 });
    expect(checked).toMatchObject({ ok: false, errors: { password: '"password" is required.', pages: '"pages" must be at most 5.' } });
  });
  it("puts the server's refusal at the field that it names", () => {
    const fields = inputFields(inputs);
    expect(errorsFromDetails({ field: "pages" }, "Pages must be a number.", fields)).toEqual({ pages: "Pages must be a number." });
    expect(errorsFromDetails({ issues: [{ field: "inputs.pages", message: "Too many." }] }, "", fields)).toEqual({ pages: "Too many." });
    expect(errorsFromDetails({ field: "nobody" }, "", fields)).toEqual({});
    expect(errorsFromDetails(null, "", fields)).toEqual({});
  });
  it("is empty for a workflow without inputs", () => {
    expect(readInputSchema(null)).toBeNull();
    expect(checkInputs(null, {})).toEqual({ ok: true, plain: {}, secret: {} });
  });
});

describe("a deployment that is made again", () => {
  it("proposes what was given before, but no secret and nothing that the version does not ask for", () => {
    const item = (name: string, value: string | number | boolean | null) => ({ name, title: name, secret: false, value, settable: false });
    const before = [
      item("user", "ada"),
      item("size", 20),
      item("dryRun", true),
      item("pages", null),
      item("password", "x"),
      item("gone", 1),
    ];
    expect(givenValues(inputs, before)).toEqual({ user: "ada", size: "20", dryRun: true });
  });
});

describe("sealing", () => {
  it("makes armored text that only the runner's identity opens", async () => {
    const identity = await generateIdentity();
    const sealed = await sealFor(await identityToRecipient(identity), "s3cret");
    expect(sealed).toContain("BEGIN AGE ENCRYPTED FILE");
    const decrypter = new Decrypter();
    decrypter.addIdentity(identity);
    expect(await decrypter.decrypt(armor.decode(sealed), "text")).toBe("s3cret");
  });
});

describe("what is chosen beforehand", () => {
  const runners = [
    { id: "a", name: "Attic", status: "accepted", online: false },
    { id: "b", name: "Desk", status: "accepted", online: true },
    { id: "c", name: "New", status: "pending", online: true },
  ] as const;
  const profiles = [
    { id: "p1", runnerId: "b" },
    { id: "p2", runnerId: "b" },
    { id: "p3", runnerId: "a" },
  ];
  it("is a runner that is online, and never one that is not accepted", () => {
    const usable = usableRunners(runners);
    expect(usable.map(({ id }) => id)).toEqual(["b", "a"]);
    expect(preselectRunner(usable, { runnerId: null, profileIds: [] })).toBe("b");
    expect(preselectRunner(usable, { runnerId: "a", profileIds: [] })).toBe("a");
  });
  it("is the only profile, or the one of last time, and nothing when it would be a guess", () => {
    expect(preselectProfiles(profiles, "a", { runnerId: null, profileIds: [] })).toEqual(["p3"]);
    expect(preselectProfiles(profiles, "b", { runnerId: null, profileIds: [] })).toEqual([]);
    expect(preselectProfiles(profiles, "b", { runnerId: "b", profileIds: ["p2", "p3"] })).toEqual(["p2"]);
  });
});
