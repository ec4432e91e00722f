import { expect, it, vi } from "vitest";
import { laptop } from "../testing/devices.ts";
import { IdentityLayer } from "./identity-transport.ts";

type Message = Parameters<NonNullable<Parameters<typeof IdentityLayer.over>[0]["onmessage"]>>[0];

it("gives nobody one more session of a page before it is the device in that session too", async () => {
  const [toBrowser, toClient]: [Message[], Message[]] = [[], []];
  const transport: Parameters<typeof IdentityLayer.over>[0] = {
    send: (message) => void toBrowser.push(message),
    onmessage: (message) => void toClient.push(message),
  };
  IdentityLayer.over(transport, "156.0.0.0", laptop);
  const fromBrowser = (message: Message) => transport.onmessage?.(message);
  transport.send({ id: 7, method: "Target.attachToTarget", params: { targetId: "page", flatten: true } });
  const targetInfo = { targetId: "page", type: "page" };
  fromBrowser({ method: "Target.attachedToTarget", params: { sessionId: "second", targetInfo, waitingForDebugger: false } });
  fromBrowser({ id: 7, result: { sessionId: "second" } });
  const told = toBrowser.filter(({ sessionId }) => sessionId === "second");
  expect(told[0]).toMatchObject({ method: "Emulation.setUserAgentOverride" });
  await new Promise((resolve) => setImmediate(resolve));
  expect(toClient.map(({ id }) => id)).not.toContain(7);
  for (const { id } of told) if (id !== undefined) fromBrowser({ id, sessionId: "second", result: {} });
  await vi.waitFor(() => expect(toClient.at(-1)).toEqual({ id: 7, result: { sessionId: "second" } }));
});
