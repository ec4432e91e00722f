import type { Check } from "./check.ts";

export async function checkBrowser(): Promise<Check[]> {
  // only here: the always-on process does not need to know how browsers are found
  const { findBrowser } = await import("../../browser/find-browser.ts");
  const name = "browser";
  const found = findBrowser();
  if (found) return [{ name, status: "ok", message: `The browser is ${found.path}` }];
  const wish = process.env.DESKHAND_BROWSER;
  return [
    {
      name,
      status: "fail",
      message: wish ? `DESKHAND_BROWSER is ${wish}, and there is no such program.` : "No browser was found.",
      whatToDo: "Install Chrome, Chromium or Edge, or set DESKHAND_BROWSER to the program's path.",
    },
  ];
}
