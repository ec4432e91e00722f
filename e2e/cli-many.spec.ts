import { own } from "./demo.ts";
import { deskhand } from "./deskhand.ts";
import { expect, test } from "./fixtures.ts";
import { quick } from "./recordings.ts";

test("many profiles with their pools, groups and filters are handled from a terminal alone", async ({ demo, product }) => {
  test.setTimeout(180_000);
  const name = own("Terminal");
  const runner = await demo.runnerName();
  const env = { DESKHAND_HOME: product.home, DESKHAND_URL: product.url, DESKHAND_API_KEY: product.firstRun.apiKey };
  const terminal = async (...args: string[]) => {
    const { exitCode, last, lines } = await deskhand(args, { env });
    expect({ exitCode, last }, args.join(" ")).toMatchObject({ exitCode: 0, last: { type: "result" } });
    return { last, lines };
  };
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const imported = await deskhand(["proxies", "import"], { env, input: `proxy.example:${port}\nproxy.example:${port + 1}\n` });
  expect(imported.last).toMatchObject({ added: 2 });

  await test.step("a pool, a group and profiles with both", async () => {
    await terminal("pools", "put", name, "--proxy", `proxy.example:${port}`, `proxy.example:${port + 1}`, "--strategy", "failover");
    expect((await terminal("pools", "put", name, "--cool-down", "60")).last).toMatchObject({ revision: 2, strategy: "failover" });
    await terminal("proxies", "edit", `proxy.example:${port}`, "--name", name);
    await terminal("groups", "create", name);
    const made = ["--count", "3", "--tag", name, "--group", name, "--pool", name, "--runner", runner];
    expect((await terminal("profiles", "create", `${name} {n}`, ...made)).last.profileIds).toHaveLength(3);
  });

  await test.step("are found, and changed together", async () => {
    await terminal("filters", "keep", name, "--tag", name, "--sort", "name");
    const listed = await terminal(
      "profiles",
      "list",
      "--filter",
      name,
      "--in-group",
      name,
      "--state",
      "new",
      "--sort",
      "name",
      "--direction",
      "asc",
    );
    expect(listed.lines.slice(0, 3)).toMatchObject([1, 2, 3].map((n) => ({ name: `${name} ${n}` })));
    expect((await terminal("profiles", "edit", "--filter", name, "--no-proxy", "--add-tag", "edited")).last).toMatchObject({ done: 3 });
    await terminal("groups", "rename", name, `${name} 2`);
    await terminal("groups", "delete", `${name} 2`);
    expect((await terminal("profiles", "list", "--tag", name, "edited", "--in-group", "none")).last).toMatchObject({ count: 3 });
  });

  await test.step("run a workflow, and are deleted, and ended for good", async () => {
    const workflow = await demo.createWorkflow(quick(product.url, own("From a terminal")));
    const { last } = await terminal("deploy", "--workflow", workflow.id, "--tag", name, "--watch");
    const id = String(last.deploymentId);
    expect((await terminal("deployments", "show", id)).last).toMatchObject({ profiles: 3, counts: { succeeded: 3 } });
    expect((await terminal("deployments", "results", id)).last).toMatchObject({ count: 3, failed: 0 });
    expect((await terminal("deployments", "retry", id)).last).toMatchObject({ done: 0 });
    expect((await terminal("profiles", "delete", "--filter", name)).last).toMatchObject({ done: 3, refused: 0 });
    expect((await terminal("profiles", "list", "--deleted", "--tag", name)).last).toMatchObject({ count: 3 });
    expect((await terminal("profiles", "purge", "--tag", name)).last).toMatchObject({ done: 3 });
  });

  await test.step("leave nothing behind", async () => {
    await terminal("filters", "forget", name);
    await terminal("pools", "delete", name);
    expect((await terminal("proxies", "bytes", name)).last).toMatchObject({ count: 0 });
    expect((await terminal("proxies", "delete", name, `proxy.example:${port + 1}`)).last).toMatchObject({ deleted: 2 });
  });
});
