import { readFileSync } from "node:fs";
import path from "node:path";

/** How global-setup.ts tells the workers where the product is: they inherit its environment. */
export const productVariable = "DESKHAND_E2E_PRODUCT";

/** What `npm start` wrote about the demo that it made. */
export type FirstRun = {
  url: string;
  email: string;
  password: string;
  apiKey: string;
  projectId: string;
  runnerId: string;
  profileId: string;
  workflowId: string;
};

export type Product = {
  url: string;
  /** Of the product's database. */
  databaseUrl: string;
  /** DESKHAND_HOME of its local runner. */
  home: string;
  dataDir: string;
  authSecret: string;
  firstRun: FirstRun;
};

type Told = { url: string; home: string; dataDir: string; display: string };

function told(): Told {
  const text = process.env[productVariable];
  if (!text) throw new Error("The product does not run: start the tests by `npx playwright test`.");
  return JSON.parse(text) as Told;
}

/** The product that runs for these tests. */
export const product = (): Product => readProduct(told());

/** The screen of its local runner's computer, as X names it. */
export const runnerDisplay = (): string => told().display;

/** What a product that was started says of itself in its data folder. */
export function readProduct({ url, home, dataDir }: { url: string; home: string; dataDir: string }): Product {
  const port = readFileSync(path.join(dataDir, "postgres.port"), "utf8");
  return {
    url,
    home,
    dataDir,
    databaseUrl: `postgresql://deskhand@127.0.0.1:${port}/deskhand`,
    authSecret: readFileSync(path.join(dataDir, "auth-secret"), "utf8").trim(),
    firstRun: JSON.parse(readFileSync(path.join(dataDir, "first-run.json"), "utf8")) as FirstRun,
  };
}
