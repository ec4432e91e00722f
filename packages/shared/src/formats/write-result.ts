import { shapeOf } from "./result-shape.ts";

export const resultFormats = ["csv", "json", "ndjson"] as const;
export type ResultFormat = (typeof resultFormats)[number];

export const resultTypes: Record<ResultFormat, string> = {
  csv: "text/csv;charset=utf-8",
  json: "application/json",
  ndjson: "application/x-ndjson",
};

/**
 * What a run read, as a file. NDJSON has a line for each item of a list, and one line for all else.
 * `isExact`: CSV as it was read; otherwise a cell that a spreadsheet would carry out as a formula is made plain text.
 */
export function writeResult(value: unknown, format: ResultFormat, isExact = false): string {
  switch (format) {
    case "json":
      return `${JSON.stringify(value ?? null, null, 2)}\n`;
    case "ndjson":
      return (Array.isArray(value) ? value : [value]).map((item) => `${JSON.stringify(item ?? null)}\n`).join("");
    case "csv":
      return writeCsv(value, isExact);
  }
}

/** RFC 4180: CRLF, and quotes around what has a quote, a comma or a line break. */
function writeCsv(value: unknown, isExact: boolean): string {
  const { columns, rows } = tableOf(value);
  const cell = (text: string) => {
    const safe = isExact ? text : withoutFormula(text);
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
}

/** Any value as rows; what nests deeper than a table stands in its cell as JSON. */
function tableOf(value: unknown): { columns: string[]; rows: string[][] } {
  const shape = shapeOf(value);
  if (shape.kind === "table") return shape;
  if (shape.kind === "list") return { columns: ["value"], rows: shape.items.map((item) => [item]) };
  if (shape.kind === "value") return { columns: ["value"], rows: [[shape.text]] };
  const items = Array.isArray(value) ? (value as unknown[]) : [value];
  if (!items.every(isObject)) return { columns: ["value"], rows: items.map((item) => [inCell(item)]) };
  const columns = [...new Set(items.flatMap(Object.keys))];
  return { columns, rows: items.map((item) => columns.map((column) => inCell(item[column]))) };
}

/**
 * OWASP, "CSV Injection": a cell that begins with one of these is carried out by spreadsheets; an apostrophe makes it text. A number with
 * its sign is only a number.
 */
function withoutFormula(text: string): string {
  return /^[=+\-@\t\r\n]/.test(text) && !/^[+-]?\d+([.,]\d+)*$/.test(text) ? `'${text}` : text;
}

function inCell(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
