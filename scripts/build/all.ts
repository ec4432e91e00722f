import { generatePrismaClient } from "../prisma/generate.ts";
import { buildRunnerBundle, buildServerBundle, endBundler } from "./bundles.ts";
import { packRunner } from "./download.ts";
import { buildPages } from "./next.ts";
import type { StepReport } from "./step.ts";

/**
 * Builds what is missing or stale: the Prisma client, the pages (not when `next dev` serves them), the server, the runner
 * and its download. The runner is built beside the rest.
 */
export async function buildAll({ pages = true, report }: { pages?: boolean; report: StepReport }): Promise<void> {
  const runner = buildRunnerBundle(report).then(() => packRunner(report));
  const server = generatePrismaClient(report).then(() => Promise.all([buildServerBundle(report), pages ? buildPages(report) : undefined]));
  try {
    await Promise.all([runner, server]);
  } finally {
    await endBundler();
  }
}
