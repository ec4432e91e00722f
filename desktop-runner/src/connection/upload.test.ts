import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, expect, it } from "vitest";
import { beginUpload } from "./upload.ts";

type Sent = { method: string | undefined; length: string | undefined; body: string };

let folder: string;
let receiver: ReturnType<typeof createServer>;
let take: (sent: Sent) => void;
const read = async ({ method, headers }: IncomingMessage, body: Promise<Buffer>): Promise<Sent> => ({
  method,
  length: headers["content-length"],
  body: (await body).toString(),
});

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), "deskhand-upload-"));
  receiver = createServer((request, response) => {
    void read(request, buffer(request)).then((sent) => {
      response.end();
      take(sent);
    });
  });
  await new Promise<void>((resolve) => receiver.listen(0, "127.0.0.1", resolve));
});
afterEach(() => {
  receiver.close();
  rmSync(folder, { recursive: true });
});

/** What the receiver gets of a file with this content, or false when nothing is sent. */
async function send(content: string, offset: number): Promise<Sent | false> {
  const file = path.join(folder, "file");
  writeFileSync(file, content);
  const sent = new Promise<Sent>((resolve) => {
    take = resolve;
  });
  const url = new URL(`http://127.0.0.1:${(receiver.address() as AddressInfo).port}/blob`);
  const failed = (error: unknown) => expect.fail(String(error));
  return (await beginUpload({ url, token: "token", file, contentType: "text/plain", offset }, failed)) && sent;
}

it("sends a file whole, or from where an earlier upload broke off", async () => {
  expect(await send("0123456789", 0)).toEqual({ method: "PUT", length: "10", body: "0123456789" });
  expect(await send("0123456789", 4)).toEqual({ method: "PUT", length: "6", body: "456789" });
  expect(await send("0123456789", 10)).toEqual({ method: "PUT", length: "0", body: "" });
});

it("sends nothing of a file that is shorter than what was sent of it, or gone", async () => {
  expect(await send("0123", 5)).toBe(false);
  const gone = { url: new URL("http://127.0.0.1:1"), token: "", file: path.join(folder, "gone"), contentType: "text/plain", offset: 0 };
  expect(await beginUpload(gone, () => {})).toBe(false);
});
