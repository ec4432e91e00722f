import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A site whose page /held is answered when a test says so: a run that opens it goes on for exactly as long. */
export class Gate {
  readonly #held: ServerResponse[] = [];
  #open = false;
  readonly #server = createServer((request, response) => {
    response.setHeader("content-type", "text/html; charset=utf-8");
    if (request.url !== "/held") return void response.end("<title>Before</title><h1>Before the gate</h1><p>It is not open yet.</p>");
    if (this.#open) respond(response);
    else this.#held.push(response);
  });

  async listen(): Promise<void> {
    this.#server.listen(0, "127.0.0.1");
    await once(this.#server, "listening");
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Answers who waits, and everybody until it is shut again. */
  open(): void {
    this.#open = true;
    for (const response of this.#held.splice(0)) respond(response);
  }

  /** Lets everybody wait again. */
  shut(): void {
    this.#open = false;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, "close");
  }
}

function respond(response: ServerResponse): void {
  response.end("<title>After</title><h1>After the gate</h1>");
}
