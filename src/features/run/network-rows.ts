import type { HarEntry, HarFile } from "@deskhand/shared/formats/har";

export const requestKinds = ["document", "data", "script", "style", "image", "font", "socket", "other"] as const;
export type RequestKind = (typeof requestKinds)[number];

export const kindLabels: Record<RequestKind, string> = {
  document: "Document",
  data: "Fetch and XHR",
  script: "Script",
  style: "Style",
  image: "Image and media",
  font: "Font",
  socket: "WebSocket",
  other: "Other",
};

export const statusGroups = ["problem", "2", "3", "4", "5", "none"] as const;
export type StatusGroup = (typeof statusGroups)[number];
export const statusLabels: Record<StatusGroup, string> = {
  problem: "Problems only",
  "2": "2xx, succeeded",
  "3": "3xx, redirected",
  "4": "4xx, refused",
  "5": "5xx, server's error",
  none: "No answer",
};

export type NetworkRow = {
  index: number;
  entry: HarEntry;
  /** The last part of the address, or the host where that is all. */
  name: string;
  host: string;
  kind: RequestKind;
  step: number | null;
  /** ms after the first request of the run */
  start: number;
  bytes: number | null;
  isProblem: boolean;
};

/** `steps`: only requests of these; null for all. */
export type NetworkFilter = { search: string; steps: ReadonlySet<number> | null; kind: RequestKind | null; status: StatusGroup | null };

export function networkRows({ log }: HarFile): NetworkRow[] {
  const begin = Math.min(...log.entries.map(({ startedDateTime }) => Date.parse(startedDateTime)));
  return log.entries.map((entry, index) => {
    const { status, _transferSize, content } = entry.response;
    const url = URL.canParse(entry.request.url) ? new URL(entry.request.url) : null;
    const last = url?.pathname.split("/").findLast((part) => part !== "");
    return {
      index,
      entry,
      name: last ? `${last}${url?.search ?? ""}` : (url?.host ?? entry.request.url),
      host: url?.host ?? "",
      kind: kindOf(entry._resourceType),
      step: entry._step ?? null,
      start: Date.parse(entry.startedDateTime) - begin,
      bytes: _transferSize !== undefined && _transferSize >= 0 ? _transferSize : status > 0 ? content.size : null,
      isProblem: status === 0 || status >= 400,
    };
  });
}

export function filterRows(rows: readonly NetworkRow[], { search, steps, kind, status }: NetworkFilter): NetworkRow[] {
  const wanted = search.trim().toLowerCase();
  return rows.filter(
    (row) =>
      (steps === null || (row.step !== null && steps.has(row.step))) &&
      (kind === null || row.kind === kind) &&
      (status === null || hasStatus(row, status)) &&
      (wanted === "" || `${row.entry.request.method} ${row.entry.request.url}`.toLowerCase().includes(wanted)),
  );
}

/** Where a request's bar stands between the first and the last moment of `rows`, in percent. */
export function waterfallOf(rows: readonly NetworkRow[]): (row: NetworkRow) => { left: number; wait: number; receive: number } {
  const first = Math.min(...rows.map(({ start }) => start));
  const last = Math.max(...rows.map(({ start, entry }) => start + entry.time));
  const percent = (ms: number) => (100 * ms) / Math.max(1, last - first);
  return ({ start, entry }) => {
    const receive = Math.min(entry.timings.receive, entry.time);
    return { left: percent(start - first), wait: percent(entry.time - receive), receive: percent(receive) };
  };
}

export function totalsOf(rows: readonly NetworkRow[]): { requests: number; bytes: number; problems: number } {
  return {
    requests: rows.length,
    bytes: rows.reduce((sum, { bytes }) => sum + (bytes ?? 0), 0),
    problems: rows.filter(({ isProblem }) => isProblem).length,
  };
}

/** The status as it is shown: a number, or why there is none. */
export function statusWords({ response }: HarEntry): string {
  if (response.status > 0) return String(response.status);
  const why = response._failureText
    ?.replace(/^net::ERR_/, "")
    .replaceAll("_", " ")
    .toLowerCase();
  return why || "no answer";
}

function hasStatus({ entry, isProblem }: NetworkRow, group: StatusGroup): boolean {
  if (group === "problem") return isProblem;
  const { status } = entry.response;
  return group === "none" ? status === 0 : String(status).startsWith(group) && status >= 100;
}

/** Playwright's names for what asked for it. */
function kindOf(type: string | undefined): RequestKind {
  switch (type) {
    case "document":
    case "script":
    case "font":
      return type;
    case "stylesheet":
      return "style";
    case "image":
    case "media":
      return "image";
    case "xhr":
    case "fetch":
    case "eventsource":
    case "ping":
      return "data";
    case "websocket":
      return "socket";
    default:
      return "other";
  }
}
