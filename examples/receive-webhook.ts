// Takes messages of a Deskhand webhook, each once, and only those whose signature holds.
//   DESKHAND_WEBHOOK_SECRET=whsec_… PORT=8080 node examples/receive-webhook.ts
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { verifyWebhook } from "@deskhand/shared/client/verify-webhook";

const secret = process.env.DESKHAND_WEBHOOK_SECRET ?? "";
const taken = new Set<string>(); // a database in earnest: it has to outlive a restart

const server = createServer(async (request, response) => {
  // the very text: parsing it and writing it again gives another signature
  const body = await text(request);
  const message = await verifyWebhook(secret, request.headers, body);
  if (!message) {
    response.writeHead(401).end();
    return;
  }
  if (!taken.has(message.id)) {
    taken.add(message.id);
    const { type, data } = JSON.parse(body) as { type: string; data: Record<string, unknown> };
    console.log(`${type} ${JSON.stringify(data).slice(0, 200)}`);
  }
  // at once, and work afterwards: what takes longer than 15 seconds is sent again
  response.writeHead(204).end();
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => console.log(`listening on ${(server.address() as AddressInfo).port}`));
