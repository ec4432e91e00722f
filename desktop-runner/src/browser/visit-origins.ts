import type { ProfileFlag } from "@deskhand/shared/schemas/profile-flags";
import type { BrowserContext, Page } from "playwright-core";
import { answered } from "./answered.ts";
import type { StorageState } from "./state-files.ts";
import { findUnsavedKinds, originsWithHoles } from "./unsaved-kinds.ts";

/** Opens each origin as an empty page, which asks nothing of the network, and looks at it there. One that cannot be opened is passed over. */
export async function visitOrigins(
  context: BrowserContext,
  origins: Iterable<string>,
  look: (page: Page, origin: string) => Promise<unknown> = async () => {},
): Promise<void> {
  const page = await context.newPage();
  try {
    await page.route("**/*", (route) => route.fulfill({ body: "<title></title>", contentType: "text/html" }));
    // a service worker would answer before the route is asked, by what it has from the network
    const session = await context.newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.setBypassServiceWorker", { bypass: true });
    for (const origin of origins) {
      const isThere = await page.goto(origin).then(
        () => true,
        () => false,
      );
      if (isThere) await look(page, origin);
    }
  } finally {
    await page.close();
  }
}

/** Everything that the context holds of these origins, and what of it no state can hold. Playwright asks the origins that it has seen itself. */
export async function collectOrigins(
  context: BrowserContext,
  origins: readonly string[],
): Promise<{ state: StorageState; kinds: Set<ProfileFlag> }> {
  const kinds = new Set<ProfileFlag>();
  const note = async (asked: string[], state: StorageState) => {
    for (const kind of await findUnsavedKinds(context, asked, state).catch(() => [])) kinds.add(kind);
  };
  await visitOrigins(context, origins, (_, origin) => note([origin], { cookies: [], origins: [] }));
  const state = await answered(() => context.storageState({ indexedDB: true }));
  // their databases are looked into from a page of theirs
  const holed = originsWithHoles(state).filter((origin) => origins.includes(origin));
  if (holed.length > 0)
    await visitOrigins(context, holed, (_, origin) =>
      note([], { ...state, origins: state.origins.filter((one) => one.origin === origin) }),
    );
  return { state, kinds };
}
