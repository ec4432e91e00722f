import { expect, test } from "vitest";
import { fittingColumns } from "./fitting-columns.ts";
import { profilesAddress, readProfileView } from "./profile-view.ts";
import { add, everything, isSelected, nothing, selectedCount, toggle } from "./selection.ts";

test("a view is the same when it is read from its address, and nonsense is left out", () => {
  const address = "/dashboard/profiles?search=shop&state=saved&tags=a%2Cb&sort=name&direction=asc";
  const view = readProfileView(new URL(address, "http://x").searchParams);
  expect(view).toEqual({ filter: { search: "shop", state: "saved", tags: ["a", "b"] }, sort: "name", direction: "asc", deleted: false });
  expect(profilesAddress(view)).toBe(address);
  const nonsense = readProfileView(new URLSearchParams("state=asleep&runner=7&sort=height&search=x"));
  expect(nonsense).toEqual({ filter: { search: "x" }, sort: "created", direction: "desc", deleted: false });
});

test("as many columns are shown as have room, so that a row's menu is never out of reach", () => {
  const widths = ["minmax(7rem, 1fr)", "6.5rem", "minmax(5rem, 2fr)"];
  expect(fittingColumns(widths, 16)).toBe(0);
  expect(fittingColumns(widths, 23.75)).toBe(1);
  expect(fittingColumns(widths, 31)).toBe(2);
  expect(fittingColumns(widths, 60)).toBe(3);
});

test("all but some are chosen as well as some", () => {
  const some = add(toggle(nothing, "a"), ["b", "c"]);
  expect(selectedCount(some, 10)).toBe(3);
  expect(isSelected(toggle(some, "a"), "a")).toBe(false);
  const rest = toggle(everything, "a");
  expect(selectedCount(rest, 10)).toBe(9);
  expect([isSelected(rest, "a"), isSelected(rest, "z")]).toEqual([false, true]);
  expect(selectedCount(add(rest, ["a"]), 10)).toBe(10);
});
