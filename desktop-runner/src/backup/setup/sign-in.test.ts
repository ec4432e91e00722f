import { afterEach, describe, expect, it } from "vitest";
import type { FakeCloud } from "../testing/fake-cloud.ts";
import { fakeDropbox } from "../testing/fake-dropbox.ts";
import { fakeGoogleDrive } from "../testing/fake-google-drive.ts";
import { askDropbox, askGoogle, signInToGoogle } from "./sign-in.ts";
import { dropboxEndpoints, googleEndpoints } from "./vendor-endpoints.ts";

const client = { clientId: "client", clientSecret: "secret" };
const redirectUri = "http://127.0.0.1:18789/signed-in";
let cloud: FakeCloud;

afterEach(async () => {
  expect(cloud.problems).toEqual([]);
  await cloud.stop();
});

/** What the owner's browser finds at an address. */
async function visit(address: string): Promise<string> {
  return (await fetch(address)).text();
}

describe("signing in to Google", () => {
  it("in a browser of this computer gives a refresh token for the code that comes back, once", async () => {
    cloud = await fakeGoogleDrive().listen();
    const endpoints = googleEndpoints({ DESKHAND_GOOGLE_URL: cloud.url });
    const { address, finish } = askGoogle(client, redirectUri, "a-state-that-nobody-guesses", endpoints);
    const [, back = ""] = /href="([^"]+)"/.exec(await visit(address)) ?? [];
    const { searchParams } = new URL(back.replaceAll("&amp;", "&"));
    expect(searchParams.get("state")).toBe("a-state-that-nobody-guesses");
    const code = searchParams.get("code") ?? "";
    expect(await finish(code)).toBe("refresh");
    await expect(finish(code)).rejects.toMatchObject({ code: "DENIED" });
    // another question's code is of no use
    const other = askGoogle(client, redirectUri, "another-state-that-nobody-guesses", endpoints);
    await expect(other.finish(code)).rejects.toMatchObject({ code: "DENIED" });
  });

  it("by a code on another screen waits until the owner has typed it", async () => {
    cloud = await fakeGoogleDrive().listen();
    const shown: string[] = [];
    const token = await signInToGoogle(client, (...words) => shown.push(...words), googleEndpoints({ DESKHAND_GOOGLE_URL: cloud.url }));
    expect([token, ...shown]).toEqual(["refresh", "https://www.google.com/device", "ABCD-EFGH"]);
  });
});

describe("signing in to Dropbox", () => {
  it("gives a refresh token for the code that the owner brings back", async () => {
    cloud = await fakeDropbox().listen();
    const { address, finish } = askDropbox("client", dropboxEndpoints({ DESKHAND_DROPBOX_URL: cloud.url }));
    const [, code = ""] = /id="code">([^<]+)</.exec(await visit(address)) ?? [];
    await expect(finish("guessed")).rejects.toMatchObject({ code: "DENIED" });
    expect(await finish(` ${code}\n`)).toBe("refresh");
  });
});
