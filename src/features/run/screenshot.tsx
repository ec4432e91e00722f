"use client";

import { Button, Text } from "@mantine/core";
import { IconPhotoOff } from "@tabler/icons-react";
import { useState } from "react";
import { artifactAddress, describeArtifactProblem, mayStillCome, readArtifact } from "./artifact-content.ts";
import classes from "./stage.module.css";

type Props = { id: string; label: string; runnerName: string };

/** A screenshot from the runner; where it cannot be had, the reason in words. Give it the artifact's id as its key. */
export function Screenshot({ id, label, runnerName }: Props) {
  const [loaded, setLoaded] = useState(false);
  const [problem, setProblem] = useState<{ words: string; again: boolean } | null>(null);
  const [attempt, setAttempt] = useState(0);

  if (problem) {
    return (
      <div className={classes.message} role="alert">
        <IconPhotoOff size={24} stroke={1.5} aria-hidden />
        <Text size="sm" maw={380}>
          {problem.words}
        </Text>
        {problem.again && (
          <Button
            size="xs"
            variant="default"
            onClick={() => {
              setProblem(null);
              setAttempt(attempt + 1);
            }}
          >
            Try again
          </Button>
        )}
      </div>
    );
  }
  return (
    <>
      {!loaded && <div className={classes.loading} aria-hidden />}
      {/* biome-ignore lint/performance/noImgElement: the runner's own bytes, shown as they are */}
      <img
        key={attempt}
        className={classes.picture}
        src={artifactAddress(id)}
        alt={label}
        data-loaded={loaded || undefined}
        onLoad={() => setLoaded(true)}
        // an image does not say why it failed: asking again does
        onError={() =>
          void readArtifact(id).then(
            () => (attempt < 2 ? setAttempt(attempt + 1) : setProblem({ words: "The picture could not be shown.", again: true })),
            (error: unknown) => setProblem({ words: describeArtifactProblem(error, runnerName), again: mayStillCome(error) }),
          )
        }
      />
    </>
  );
}
