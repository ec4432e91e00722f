import { test as base, type Page } from "@playwright/test";
import { Demo } from "./demo.ts";
import { Gate } from "./gate.ts";
import { type Person, signIn, signUp } from "./people.ts";
import { type Product, product } from "./product.ts";

type Fixtures = {
  /** The project that the first start made, over REST. */
  demo: Demo;
  /** A site that keeps a run waiting until the test opens it. */
  gate: Gate;
  /** A page that is signed in as the owner of the demo project, which the local runner belongs to. */
  ownerPage: Page;
  /** A person with a project of their own, for a test that must not see what others do. */
  person: Person;
  /** A page that is signed in as `person`. */
  personPage: Page;
};

/** Tests with the product's address, and with pages that are signed in by a session instead of by clicking. */
export const test = base.extend<Fixtures, { product: Product }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  product: [async ({}, use) => use(product()), { scope: "worker" }],
  baseURL: async ({ product: { url } }, use) => use(url),
  demo: async ({ request, product: running }, use) => use(new Demo(request, running)),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads the names of fixtures from this pattern
  gate: async ({}, use) => {
    const gate = new Gate();
    await gate.listen();
    await use(gate);
    await gate.close();
  },
  ownerPage: async ({ browser, product: running }, use) => {
    const context = await browser.newContext({ baseURL: running.url });
    await signIn(context, running, { email: running.firstRun.email });
    await use(await context.newPage());
    await context.close();
  },
  person: async ({ product: running }, use) => use(await signUp(running)),
  personPage: async ({ browser, product: running, person }, use) => {
    const context = await browser.newContext({ baseURL: running.url });
    await signIn(context, running, person);
    await use(await context.newPage());
    await context.close();
  },
});

export { expect } from "@playwright/test";
