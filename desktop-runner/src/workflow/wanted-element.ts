import type { Selectors } from "@deskhand/shared/schemas/step-parts";

/** What selectors say of the element that they mean; whatever they do not say is absent. */
export type WantedElement = {
  role?: string;
  name?: string;
  text?: string;
  tag?: string;
  id?: string;
  classes: string[];
  attributes: Record<string, string>;
};

/** Takes selectors as a description: each alternative adds what it says of its last part. */
export function wantedElement(selectors: Selectors): WantedElement {
  const wanted: WantedElement = { classes: [], attributes: {} };
  for (const selector of selectors) {
    const part = [selector].flat().at(-1) ?? "";
    if (part.startsWith("aria/")) readAria(part.slice("aria/".length), wanted);
    else if (part.startsWith("text/")) wanted.text ??= part.slice("text/".length).trim();
    else if (part.startsWith("xpath/")) readXPath(part.slice("xpath/".length), wanted);
    else readCss(part.replace(/^(css|pierce)\//, ""), wanted);
  }
  return wanted;
}

function readAria(body: string, wanted: WantedElement): void {
  const name = body.replace(/\[\s*(\w+)\s*=\s*(?:"([^"]*)"|'([^']*)')\s*\]/g, (_, key: string, double?: string, single?: string) => {
    if (key === "role") wanted.role ??= double ?? single ?? "";
    if (key === "name") wanted.name ??= double ?? single ?? "";
    return "";
  });
  if (name.trim()) wanted.name ??= name.trim();
}

function readCss(css: string, wanted: WantedElement): void {
  const last = css.split(/[\s>+~]+(?![^[]*\])/).at(-1) ?? "";
  const tag = /^[a-z][\w-]*/i.exec(last)?.[0];
  if (tag) wanted.tag ??= tag.toLowerCase();
  const plain = last.replace(/\[[^\]]*\]/g, "");
  const id = /#([\w-]+)/.exec(plain)?.[1];
  if (id) wanted.id ??= id;
  for (const [, name = ""] of plain.matchAll(/\.([\w-]+)/g)) wanted.classes.push(name);
  for (const [, name = "", value = ""] of last.matchAll(/\[\s*([\w-]+)\s*[~|^$*]?=\s*["']?([^"'\]]*)["']?[^\]]*\]/g)) {
    wanted.attributes[name] = value;
  }
}

function readXPath(xpath: string, wanted: WantedElement): void {
  const last = xpath.split("/").at(-1) ?? "";
  const tag = /^([a-z][\w-]*)/i.exec(last)?.[1];
  if (tag) wanted.tag ??= tag.toLowerCase();
  const id = /@id\s*=\s*["']([^"']*)["']/.exec(xpath)?.[1];
  if (id && last.includes("@id")) wanted.id ??= id;
  const text = /(?:text\(\)|\.)\s*(?:=|,)\s*["']([^"']*)["']/.exec(last)?.[1];
  if (text) wanted.text ??= text;
}
