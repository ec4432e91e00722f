/** Rows by heading, as RFC 4180 has them; also with semicolons or tabs, which is what spreadsheets give by region and by copying. */
export function parseCsv(text: string): Record<string, string>[] {
  const clean = text.replace(/^\uFEFF/, "");
  const [headings = [], ...lines] = readLines(clean, separatorOf(clean));
  return lines
    .filter((line) => line.length > 1 || line[0] !== "")
    .map((line) => {
      // headings are somebody's own words: a plain object would let one called __proto__ through
      const row: Record<string, string> = Object.create(null);
      for (const [index, heading] of headings.entries()) row[heading.trim() || `column${index + 1}`] = line[index] ?? "";
      return row;
    });
}

function separatorOf(text: string): string {
  const first = text.split(/\r?\n/, 1)[0] ?? "";
  const counts = [",", ";", "\t"].map((separator) => ({ separator, count: first.split(separator).length }));
  return counts.reduce((best, one) => (one.count > best.count ? one : best)).separator;
}

function readLines(text: string, separator: string): string[][] {
  const lines: string[][] = [[]];
  let cell = "";
  let isQuoted = false;
  const endCell = () => {
    lines.at(-1)?.push(cell);
    cell = "";
  };
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (isQuoted) {
      if (character !== '"') cell += character;
      else if (text[at + 1] === '"') cell += text[at++];
      else isQuoted = false;
    } else if (character === '"' && cell === "") isQuoted = true;
    else if (character === separator) endCell();
    else if (character === "\n" || character === "\r") {
      if (character === "\r" && text[at + 1] === "\n") at++;
      endCell();
      lines.push([]);
    } else cell += character;
  }
  if (cell !== "" || lines.at(-1)?.length) endCell();
  else lines.pop();
  return lines;
}
