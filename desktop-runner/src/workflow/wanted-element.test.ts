import { expect, it } from "vitest";
import { wantedElement } from "./wanted-element.ts";

it("reads from selectors what they say of their element", () => {
  const selectors = [
    'aria/Sign in[role="button"]',
    ["my-card", "button#go.primary.large"],
    "xpath///*[@id='go']",
    "text/Sign in now",
    'form > [data-testid="submit"]',
    "pierce/#inner",
  ];
  expect(wantedElement(selectors)).toEqual({
    role: "button",
    name: "Sign in",
    text: "Sign in now",
    tag: "button",
    id: "go",
    classes: ["primary", "large"],
    attributes: { "data-testid": "submit" },
  });
});
