import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = path.resolve(import.meta.dirname, "../..");

type Case = readonly [file: string, imported: string, words?: string];
let dir: string;

beforeAll(() => {
  dir = mkdtempSync(path.join(tmpdir(), "deskhand-lint-"));
  copyFileSync(path.join(root, "biome.json"), path.join(dir, "biome.json"));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

/** What the lint says of files that import these, each in a folder like ours. */
function lint(cases: readonly Case[]): string[] {
  const files = cases.map(([file, imported], i) => {
    const name = file.replace(/\.tsx?$/, `-${i}$&`);
    mkdirSync(path.dirname(path.join(dir, name)), { recursive: true });
    writeFileSync(path.join(dir, name), `import { a } from "${imported}";\nexport const b = a;\n`);
    return name;
  });
  return files.map((name) => {
    const run = spawnSync(path.join(root, "node_modules/.bin/biome"), ["lint", "--vcs-enabled=false", name], {
      cwd: dir,
      encoding: "utf8",
    });
    return run.stdout + run.stderr;
  });
}

const refused = [
  ["src/components/a.tsx", "@/features/run/run-page", "components/ could ship in another product"],
  ["src/features/run/a.tsx", "@/server/db", "Pages and features know no server code"],
  ["src/features/run/a.tsx", "@/app/page", "app/ holds routes only"],
  ["src/app/dashboard/page.tsx", "@/server/db", "Pages and features know no server code"],
  ["src/app/api/v1/route.ts", "@prisma/client", "Only domain/, db.ts, testing/ and prisma/ touch Prisma"],
  ["src/server/routers/run.ts", "@/server/relay/create-relay", "routers/ does not import its siblings"],
  ["src/server/relay/a.ts", "@/server/routers/run", "relay/ does not import its siblings"],
  ["src/server/jobs/a.ts", "@/server/relay/create-relay", "jobs/ does not import its siblings"],
  ["src/server/routers/run.ts", "@/server/generated/prisma/client", "Only domain/, db.ts, testing/ and prisma/ touch Prisma"],
  ["src/server/domain/run/a.ts", "next/headers", "domain/ knows no next, react, trpc or socket.io"],
  ["src/server/domain/run/a.ts", "socket.io", "domain/ knows no next, react, trpc or socket.io"],
  ["src/server/domain/run/a.ts", "@/server/relay/create-relay", "The domain is called by routers, relay and jobs"],
  ["src/server/clients/mailer.ts", "@/server/domain/run/queries", "A client wraps one vendor"],
  ["src/server/domain/run/a.ts", "../profile/queries", "reach another folder through @/"],
  ["packages/shared/src/a.ts", "node:fs", "imports only zod"],
  ["packages/shared/src/a.ts", "uuid", "imports only zod"],
  ["desktop-runner/src/a.ts", "@/server/db", "The runner imports only packages/shared"],
] as const;

const allowed = [
  ["src/features/run/a.tsx", "@/components/status-badge"],
  ["src/features/run/a.tsx", "@deskhand/shared/schemas/run"],
  ["src/app/api/v1/route.ts", "@/server/routers/rest"],
  ["src/server/routers/run.ts", "@/server/domain/run/queries"],
  ["src/server/domain/run/a.ts", "./view.ts"],
  ["src/server/domain/run/a.ts", "@/server/generated/prisma/client"],
  ["packages/shared/src/schemas/a.ts", "../error-codes.ts"],
  ["packages/shared/src/schemas/a.ts", "zod"],
  ["desktop-runner/src/cli/a.ts", "../journal/journal.ts"],
  ["desktop-runner/src/cli/a.ts", "@deskhand/shared/protocol/commands"],
] as const;

describe("the lint for import directions", () => {
  it("refuses what points up or sideways and says where the code belongs", () => {
    for (const [i, said] of lint(refused).entries()) {
      const [file, imported, words] = refused[i] as (typeof refused)[number];
      expect(said, `${file} ← ${imported}`).toContain("noRestrictedImports");
      expect(said, `${file} ← ${imported}`).toContain(words);
    }
  });

  it("lets what points down pass", () => {
    for (const [i, said] of lint(allowed).entries()) expect(said, allowed[i]?.join(" ← ")).not.toContain("noRestrictedImports");
  });
});
