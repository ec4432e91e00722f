import { addMember, createProject, createRunner } from "@/server/testing/factories";
import { expect, test } from "./fixtures.ts";
import { signIn, withDatabase } from "./people.ts";

test("a member is not offered what only admins and the owner may do, and is told who may", async ({ page, context, product }) => {
  const { email, pendingId } = await withDatabase(product, async (db) => {
    const project = await createProject(db, { name: "Team" });
    const pending = await createRunner(db, { projectId: project.id, name: "Studio laptop", status: "pending" });
    const member = await addMember(db, project.id, "member");
    return { email: member.email, pendingId: pending.id };
  });
  await signIn(context, product, { email });
  const main = page.getByRole("main");

  await page.goto("/dashboard");
  await expect(main.getByText("An owner or admin of the project accepts the runner that asks to join.")).toBeVisible();
  await expect(main.getByRole("link", { name: /Add a runner|Review runner/ })).toHaveCount(0);

  await page.goto("/dashboard/runners?add");
  await expect(main.getByRole("article", { name: "Studio laptop asks to join" })).toContainText("An owner or admin of the project");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(main.getByRole("button", { name: /Add a runner|Accept|Reject/ })).toHaveCount(0);

  await page.goto(`/dashboard/runners/${pendingId}`);
  await expect(main.getByRole("heading", { name: "About this runner" })).toBeVisible();
  await expect(main.getByRole("button", { name: /Rename|Accept|Reject|Disconnect/ })).toHaveCount(0);

  await page.goto("/dashboard/profiles");
  await expect(main.getByText("An owner or admin of the project adds one.")).toBeVisible();
  await expect(main.getByRole("link", { name: "Add a runner" })).toHaveCount(0);
  await expect(main.getByRole("button", { name: "Create profile" })).toBeDisabled();

  await page.goto("/dashboard/api-keys");
  await expect(main.getByText("API keys are for owners and admins")).toBeVisible();
  await expect(main.getByRole("button", { name: "Create API key" })).toHaveCount(0);

  await page.goto("/dashboard/settings");
  await expect(main.getByText("Its owner can change the name.")).toBeVisible();
  await expect(main.getByRole("textbox", { name: "Project name" })).toHaveCount(0);
});
