/** How a piece of result data is best shown. */
type ResultShape =
  | { kind: "table"; columns: string[]; rows: string[][] }
  | { kind: "list"; items: string[] }
  | { kind: "value"; text: string }
  | { kind: "tree" };

type Plain = Record<string, unknown>;

/** Lists of flat objects and lists of flat lists are tables; lists of plain values are lists; what nests deeper is a tree. */
export function shapeOf(value: unknown): ResultShape {
  if (isScalar(value)) return { kind: "value", text: show(value) };
  if (Array.isArray(value)) {
    if (value.every(isScalar)) return { kind: "list", items: value.map(show) };
    if (value.every(isFlatObject)) {
      const columns = [...new Set(value.flatMap((row) => Object.keys(row)))];
      return { kind: "table", columns, rows: value.map((row) => columns.map((column) => show(row[column]))) };
    }
    if (value.every((row): row is unknown[] => Array.isArray(row) && row.every(isScalar))) {
      const width = Math.max(0, ...value.map((row) => row.length));
      const columns = Array.from({ length: width }, (_, index) => String(index + 1));
      return { kind: "table", columns, rows: value.map((row) => columns.map((_, index) => show(row[index]))) };
    }
  }
  return { kind: "tree" };
}

function isScalar(value: unknown): boolean {
  return value === null || value === undefined || ["string", "number", "boolean"].includes(typeof value);
}

function isFlatObject(value: unknown): value is Plain {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.values(value).every(isScalar);
}

function show(value: unknown): string {
  return value === null || value === undefined ? "" : String(value);
}
