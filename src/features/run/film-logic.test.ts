import type { ArtifactView } from "@deskhand/shared/schemas/run";
import { expect, it } from "vitest";
import { filmOf, filmTime, pictureAt } from "./film-logic.ts";

const shot = (id: string, stepIndex: number | null, second: number): ArtifactView => ({
  ...{ id, stepIndex, runId: "run", type: "screenshot", name: id, bytes: 1, sha256: "", contentType: "image/jpeg" },
  createdAt: new Date(1_700_000_000_000 + second * 1000).toISOString(),
});

it("shows the pictures in the order and time in which they were taken, without long waits", () => {
  const film = filmOf({ artifacts: [shot("b", 1, 0.5), shot("a", 0, 0), shot("d", 1, 60.05), shot("c", 2, 60), shot("none", null, 3)] });
  expect(film.pictures).toEqual([
    { id: "a", step: 0, from: 0 },
    { id: "b", step: 1, from: 500 },
    { id: "c", step: 2, from: 2500 },
    { id: "d", step: 1, from: 2700 },
  ]);
  expect(film.lengthMs).toBe(4700);
  expect([0, 499, 500, 2600, 9999].map((at) => pictureAt(film, at)?.id)).toEqual(["a", "a", "b", "c", "d"]);
});

it("is empty without pictures, and tells its time as films do", () => {
  expect(filmOf({ artifacts: [] })).toEqual({ pictures: [], lengthMs: 0 });
  expect([0, 7_900, 151_000].map(filmTime)).toEqual(["0:00", "0:07", "2:31"]);
});
