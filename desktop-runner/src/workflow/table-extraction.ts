import type { ExtractParameters } from "@deskhand/shared/schemas/custom-step-parameters";
import type { Selectors } from "@deskhand/shared/schemas/step-parts";
import { maxItems } from "./add-to-list.ts";
import { notFound } from "./find-element.ts";
import { pollUntil } from "./polling.ts";
import { playwrightSelector } from "./selector-engine.ts";
import type { StepScope } from "./step-scope.ts";

type TableParameters = Extract<ExtractParameters, { kind: "table" }>;
type Table = { headings: string[]; rows: string[][] };
export type TableRow = Record<string, string> | string[];

/**
 * Reads a table's rows, page after page: as objects by heading (or by the given columns on a table without headings), else
 * as arrays. Each page has the step's whole timeout; a "next" that changes nothing ends the reading.
 */
export async function extractTable(parameters: TableParameters, scope: StepScope): Promise<TableRow[]> {
  if (parameters.loadMore) await loadMore(parameters.loadMore, parameters, scope);
  const rows: TableRow[] = [];
  const maxPages = parameters.nextPage && !parameters.loadMore ? (parameters.maxPages ?? 50) : 1;
  let previous = "";
  for (let page = 1; page <= maxPages && rows.length < maxItems; page++) {
    scope.deadline = Date.now() + scope.timeoutMs;
    const table = await readTable(parameters, scope, previous);
    if (!table) {
      if (page > 1) break;
      throw await notFound(parameters.selectors, scope);
    }
    for (const row of table.rows) rows.push(toRow(table.headings, row, parameters.columns));
    previous = JSON.stringify(table.rows);
    if (page < maxPages && !(await goToNextPage(parameters, scope))) break;
  }
  return rows.slice(0, maxItems);
}

async function readTable(parameters: TableParameters, scope: StepScope, previous: string): Promise<Table | undefined> {
  const locator = scope.frame.locator(playwrightSelector(parameters.selectors));
  return pollUntil(scope.deadline, async () => {
    const table = await locator.evaluateAll((elements): Table | null => {
      const element = elements[0];
      if (!element) return null;
      const text = (cell: Element) => ((cell as HTMLElement).innerText ?? cell.textContent ?? "").replace(/\s+/g, " ").trim();
      const lines = [...element.querySelectorAll("tr, [role=row]")];
      const cells = (line: Element) => [
        ...line.querySelectorAll("td, th, [role=cell], [role=gridcell], [role=columnheader], [role=rowheader]"),
      ];
      const isHeading = (line: Element) => cells(line).length > 0 && cells(line).every((cell) => cell.matches("th, [role=columnheader]"));
      const heading = lines.find(isHeading);
      return {
        headings: heading ? cells(heading).map(text) : [],
        rows: lines.filter((line) => !isHeading(line) && cells(line).length > 0).map((line) => cells(line).map(text)),
      };
    });
    if (!table || (previous !== "" && table.rows.length === 0)) return undefined;
    return JSON.stringify(table.rows) === previous ? undefined : table;
  });
}

/** Has the page put more rows into the table, until it has no more. Each time has the step's whole timeout. */
async function loadMore(more: Selectors, parameters: TableParameters, scope: StepScope): Promise<void> {
  const { maxPages = 50 } = parameters;
  const lines = scope.frame.locator(playwrightSelector(parameters.selectors)).locator("tr, [role=row]");
  for (let page = 1; page < maxPages; page++) {
    scope.deadline = Date.now() + scope.timeoutMs;
    const before = await lines.count();
    if (before >= maxItems || !(await clickIfUsable(more, scope))) return;
    const grown = await pollUntil(scope.deadline, async () => {
      if ((await lines.count()) > before) return true;
      // it may have gone because there was nothing more
      return (await isUsable(more, scope)) ? undefined : false;
    });
    if (!grown) return;
  }
}

function goToNextPage(parameters: TableParameters, scope: StepScope): Promise<boolean> {
  return clickIfUsable(parameters.nextPage ?? [], scope);
}

async function clickIfUsable(selectors: Selectors, scope: StepScope): Promise<boolean> {
  if (!(await isUsable(selectors, scope))) return false;
  await scope.frame.locator(playwrightSelector(selectors)).click({ timeout: scope.timeoutMs });
  return true;
}

async function isUsable(selectors: Selectors, scope: StepScope): Promise<boolean> {
  const next = scope.frame.locator(playwrightSelector(selectors));
  return next.evaluateAll((elements) => {
    const element = elements[0];
    return !!element && element.getClientRects().length > 0 && !element.matches(":disabled, [aria-disabled=true], .disabled, .disabled *");
  });
}

function toRow(headings: string[], cells: string[], columns: string[] | undefined): TableRow {
  const names = headings.length > 0 ? headings : (columns ?? []);
  if (names.length === 0) return cells;
  // headings are the page's own words: a plain object would let one called __proto__ through
  const row: Record<string, string> = Object.create(null);
  for (const [index, name] of names.entries()) {
    if (!columns || columns.includes(name)) row[name || `column${index + 1}`] = cells[index] ?? "";
  }
  if (!columns) return row;
  const ordered: Record<string, string> = Object.create(null);
  for (const name of columns) ordered[name] = row[name] ?? "";
  return ordered;
}
