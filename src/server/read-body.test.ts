import { expect, test } from "vitest";
import { withBoundedBody } from "./read-body.ts";

/** A body that says nothing of its size and counts what was taken of it. */
function stream(chunks: number) {
  const taken = { chunks: 0 };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (taken.chunks === chunks) return controller.close();
      taken.chunks += 1;
      controller.enqueue(new Uint8Array(1000));
    },
  });
  return { taken, request: new Request("http://localhost/", { method: "POST", body, duplex: "half" } as RequestInit) };
}

test("a body within the bound arrives whole", async () => {
  const request = new Request("http://localhost/x?y=1", { method: "POST", body: "hello", headers: { "content-type": "text/plain" } });
  const bounded = await withBoundedBody(request, 5);
  expect([bounded.url, bounded.headers.get("content-type"), await bounded.text()]).toEqual([
    "http://localhost/x?y=1",
    "text/plain",
    "hello",
  ]);
});

test("a body without a size is not read past the bound", async () => {
  const { taken, request } = stream(1_000_000);
  await expect(withBoundedBody(request, 10_000)).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  expect(taken.chunks).toBeLessThan(20);
});

test("a body that says it is too large is not read at all", async () => {
  const request = new Request("http://localhost/", { method: "POST", body: "x", headers: { "content-length": "10001" } });
  await expect(withBoundedBody(request, 10_000)).rejects.toMatchObject({ code: "PAYLOAD_TOO_LARGE" });
  expect(request.bodyUsed).toBe(false);
});

test("a request without a body passes", async () => {
  expect(await (await withBoundedBody(new Request("http://localhost/"), 1)).text()).toBe("");
});
