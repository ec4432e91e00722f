import type { IncomingMessage } from "node:http";
import { expect, test } from "vitest";
import { clientAddress, stampClientAddress } from "./client-address.ts";

function seen(forwarded: string | undefined, trustedProxies: number): string {
  const request = { headers: { "x-forwarded-for": forwarded }, socket: { remoteAddress: "10.0.0.1" } } as unknown as IncomingMessage;
  stampClientAddress(request, trustedProxies);
  return clientAddress(new Headers({ "x-forwarded-for": String(request.headers["x-forwarded-for"]) }));
}

test("without a proxy of ours it is the address that is connected, whatever the client says", () => {
  expect(seen(undefined, 0)).toBe("10.0.0.1");
  expect(seen("1.2.3.4, 5.6.7.8", 0)).toBe("10.0.0.1");
});

test("behind proxies of ours it is what the outermost of them saw, and not what the client added", () => {
  expect(seen("203.0.113.9", 1)).toBe("203.0.113.9");
  expect(seen("1.2.3.4, 203.0.113.9", 1)).toBe("203.0.113.9");
  expect(seen("1.2.3.4, 203.0.113.9, 10.0.0.2", 2)).toBe("203.0.113.9");
});

test("a call that came past the proxies has the address that is connected", () => {
  expect(seen(undefined, 2)).toBe("10.0.0.1");
});
