import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { FakeRest, raw, refused } from "./testing/fake-rest.ts";
import { ids, runDetail } from "./testing/views.ts";

let rest: FakeRest;
const artifactId = randomUUID();
const artifact = {
  id: artifactId,
  runId: ids.run,
  type: "result",
  name: "result.json",
  stepIndex: null,
  bytes: 1,
  sha256: "0".repeat(64),
  contentType: "application/json",
  createdAt: "2026-01-01T00:00:00.000Z",
};

beforeEach(async () => {
  rest = new FakeRest();
  await rest.listen();
  rest.answers[`GET /runs/${ids.run}`] = runDetail("succeeded", { artifacts: [artifact] });
});

afterEach(() => rest.close());

const serve = (content: object) => {
  rest.answers[`GET /artifacts/${artifactId}/content`] = raw(200, content);
};

describe("a run's data", () => {
  it("is printed as CSV, of the only table that there is", async () => {
    serve({ offers: [{ name: "A, B", price: 1 }, { name: "=1+1" }] });
    const { exitCode, out } = await rest.deskhand(["runs", "data", ids.run, "--format", "csv"]);
    expect({ exitCode, out }).toEqual({ exitCode: 0, out: 'name,price\r\n"A, B",1\r\n\'=1+1,\r\n' });
    expect((await rest.deskhand(["runs", "data", ids.run, "--format", "csv", "--exact"])).out).toContain("\r\n=1+1,");
  });

  it("is one of several values when it is named", async () => {
    serve({ a: [1, 2], b: "x" });
    expect((await rest.deskhand(["runs", "data", ids.run, "--format", "ndjson", "--value", "a"])).out).toBe("1\n2\n");
    expect(JSON.parse((await rest.deskhand(["runs", "data", ids.run])).out)).toEqual({ a: [1, 2], b: "x" });
    expect(await rest.deskhand(["runs", "data", ids.run, "--value", "c"])).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining("a, b"),
    });
  });

  it("stays one object a line with --json", async () => {
    serve({ a: "x" });
    const { lines } = await rest.deskhand(["runs", "data", ids.run, "--format", "csv", "--json"]);
    expect(lines).toEqual([{ type: "result", runId: ids.run, format: "csv", content: "value\r\nx\r\n" }]);
  });

  it("that is not there ends with words, as does a format that is none", async () => {
    rest.answers[`GET /artifacts/${artifactId}/content`] = refused(410, "ARTIFACT_GONE");
    expect(await rest.deskhand(["runs", "data", ids.run, "--json"])).toMatchObject({ exitCode: 3, last: { code: "ARTIFACT_GONE" } });
    rest.answers[`GET /runs/${ids.run}`] = runDetail("succeeded");
    expect(await rest.deskhand(["runs", "data", ids.run])).toMatchObject({ exitCode: 2, err: expect.stringContaining("read no data") });
    expect(await rest.deskhand(["runs", "data", ids.run, "--format", "xls"])).toMatchObject({ exitCode: 2 });
  });

  it("does not stand in the way of the list", async () => {
    rest.answers["GET /runs"] = { items: [], nextCursor: null };
    expect(await rest.deskhand(["runs", "--state", "failed"])).toMatchObject({ exitCode: 0 });
  });
});
