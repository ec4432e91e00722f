import { expect, it } from "vitest";
import { ArtifactError, describeArtifactProblem } from "./artifact-content.ts";

it("a file that its runner gave up was too old, or made room for newer ones", () => {
  for (const status of [404, 410]) {
    const words = describeArtifactProblem(new ArtifactError(status), "Desk");
    expect(words).toMatch(/^Desk no longer keeps this file\. .*too old.*space/);
  }
});
