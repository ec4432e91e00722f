import { expect, test } from "./fixtures.ts";

test("a key is shown once, does what its scopes allow, and nothing after it was revoked", async ({ personPage: page, request }) => {
  await page.goto("/dashboard/api-keys");
  await page.getByRole("button", { name: "Create API key" }).first().click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Name" }).fill("Nightly job");
  await expect(dialog.getByRole("checkbox", { name: "Read" })).toBeChecked();
  await dialog.getByRole("checkbox", { name: "Run" }).uncheck();
  await dialog.getByRole("button", { name: "Create API key" }).click();
  const key = (await dialog.getByRole("region", { name: "API key" }).innerText()).trim();
  expect(key).toMatch(/^dh_/);
  await dialog.getByRole("button", { name: "Done" }).click();
  const row = page.getByRole("table", { name: "API keys" }).getByRole("row").filter({ hasText: "Nightly job" });
  await expect(row).toContainText("Never");
  await page.reload();
  await expect(row).toBeVisible();
  expect(await page.content()).not.toContain(key);

  const headers = { authorization: `Bearer ${key}` };
  const listed = await request.get("/api/v1/runners", { headers });
  expect([listed.status(), await listed.json()]).toEqual([200, { items: [] }]);
  const tooMuch = await request.post("/api/v1/workflows", { headers, data: { name: "x", recording: "{}" } });
  expect(tooMuch.status()).toBe(403);
  expect(await tooMuch.json()).toMatchObject({ code: "SCOPE_MISSING", message: expect.any(String), whatToDo: expect.any(String) });

  await row.getByRole("button", { name: "Revoke Nightly job" }).click();
  await page.getByRole("dialog", { name: "Revoke Nightly job?" }).getByRole("button", { name: "Revoke key" }).click();
  await expect(row).toContainText("Revoked");
  const afterwards = await request.get("/api/v1/runners", { headers });
  expect(afterwards.status()).toBe(401);
  expect(await afterwards.json()).toMatchObject({ code: "UNAUTHENTICATED" });
});

test("the REST API is described for programs and for people", async ({ personPage: page, request, product }) => {
  const document = await (await request.get("/api/v1/openapi.json")).json();
  expect(document).toMatchObject({ openapi: expect.stringMatching(/^3\.1\./), servers: [{ url: `${product.url}/api/v1` }] });
  expect(document.paths["/runs/{id}/cancel"].post).toMatchObject({ summary: expect.any(String) });

  await page.goto("/dashboard/api");
  await page.getByRole("searchbox", { name: "Search the API" }).fill("cancel");
  const call = page.getByRole("button", { name: /^POST.*\/runs\/\{id\}\/cancel/ });
  await call.click();
  await expect(call).toHaveAttribute("aria-expanded", "true");
  await expect(page.getByText(`curl -X POST "${product.url}/api/v1/runs/`)).toBeVisible();
  await expect(page.getByRole("list", { name: "Answer" })).toContainText("failureCode");
});
