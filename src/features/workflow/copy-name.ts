const nameAtMost = 80;

/** What a copy is called: "Orders copy", and a copy of that "Orders copy 2"; a long name gives way for the word. */
export function copyName(name: string): string {
  const [, base = name, count] = /^(.*) copy(?: (\d{1,3}))?$/u.exec(name) ?? [];
  const isCopy = base !== name;
  const word = isCopy ? ` copy ${Number(count ?? 1) + 1}` : " copy";
  // by characters, so that none is cut in two
  const room = [...base];
  while (room.join("").length + word.length > nameAtMost) room.pop();
  return room.join("").trimEnd() + word;
}
