import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { text } from "node:stream/consumers";
import type { triggerWithSecret } from "@deskhand/shared/schemas/trigger";
import type * as z from "zod";
import { own } from "./demo.ts";
import { expect, test } from "./fixtures.ts";
import type { Product } from "./product.ts";
import { quick } from "./recordings.ts";

const root = path.resolve(import.meta.dirname, "..");

/** The block of a documentation page that holds these words. */
async function block(page: string, language: string, words: string): Promise<string> {
  const content = await readFile(path.join(root, "docs", page), "utf8");
  const blocks = [...content.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)];
  const found = blocks.find(([, of, code = ""]) => of === language && code.includes(words))?.[2];
  expect(found, `${page} shows no ${language} with ${words}`).toBeDefined();
  return found ?? "";
}

const access = ({ url, firstRun }: Product) => ({ DESKHAND_URL: url, DESKHAND_API_KEY: firstRun.apiKey });

async function run(program: string, args: string[], env: Record<string, string>) {
  const child = spawn(program, args, { cwd: root, env: { ...process.env, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
  return { out, err, exitCode: child.exitCode };
}

test("the call of REST that the page for developers shows is answered, and one with a misspelt filter is not", async ({ product }) => {
  const shown = await block("developers.md", "sh", "curl");
  const answered = await run("sh", ["-c", shown], access(product));
  expect(answered.exitCode, answered.err).toBe(0);
  expect(JSON.parse(answered.out)).toMatchObject({ items: expect.any(Array) });
  const misspelt = await run("sh", ["-c", shown.replace("state=", "status=")], access(product));
  expect(misspelt.exitCode).not.toBe(0);
  expect(JSON.parse(misspelt.out)).toMatchObject({ code: "INVALID_INPUT", details: { issues: [{ field: "status" }] } });
});

test("the program with the typed client that the page for developers shows runs", async ({ demo, product }) => {
  const runId = await demo.start(quick(product.url, own("Documented")));
  const shown = await block("developers.md", "ts", "createDeskhandClient");
  const file = path.join(root, "examples", `${own("documented").replace(" ", "-")}.ts`);
  const program = shown.replace("http://localhost:3000", product.url).replace(/^import .*\n/, `$&const runId = "${runId}";\n`);
  await writeFile(file, program);
  try {
    const { exitCode, err, out } = await run(process.execPath, [file], access(product));
    expect(exitCode, err).toBe(0);
    expect(out).toContain("Step 1 of 2");
  } finally {
    await rm(file);
  }
});

test("the signed message that the page about schedules shows begins a run", async ({ demo, product }) => {
  const [workflow, profile] = await Promise.all([demo.createWorkflow(quick(product.url, own("By message"))), demo.createProfile()]);
  const { runnerId } = product.firstRun;
  const schedule = { when: { kind: "webhook", inputs: {}, perHour: 30 } };
  await demo.call("POST", "/deployments", { workflowId: workflow.id, runnerId, profileIds: [profile.id], schedule });
  const webhook = async () => {
    const { items } = await demo.call<{ items: z.infer<typeof triggerWithSecret>[] }>("GET", `/triggers?workflowId=${workflow.id}`);
    return items[0]?.webhook;
  };
  const { id = "", url = "" } = (await webhook()) ?? {};
  const { secret } = await demo.call<z.infer<typeof triggerWithSecret>>("POST", `/triggers/${id}/secret`, {});
  const shown = await block("schedules.md", "sh", "openssl");
  const answer = async () => {
    const { out, err, exitCode } = await run("sh", ["-c", shown], { SECRET: secret, URL: url });
    expect(exitCode, err).toBe(0);
    return JSON.parse(out) as { state: string; runId: string };
  };
  // taken as soon as the runner has said that it has the deployment
  await expect.poll(async () => (await answer()).state).toBe("fired");
  const { items } = await demo.call<{ items: { id: string }[] }>("GET", `/runs?workflowId=${workflow.id}`);
  expect(await demo.ended(items.at(-1)?.id ?? "")).toMatchObject({ state: "succeeded" });
});
