"use client";

import type { ProjectView } from "@deskhand/shared/schemas/project";
import { createContext, type ReactNode, useContext } from "react";
import type { LiveState } from "./live-changes.ts";

export type CurrentProject = {
  project: ProjectView;
  projects: ProjectView[];
  choose: (projectId: string) => void;
  /** Whether changes arrive by themselves at the moment. */
  live: LiveState;
};

const CurrentProjectContext = createContext<CurrentProject | null>(null);

export function CurrentProjectProvider({ value, children }: { value: CurrentProject; children: ReactNode }) {
  return <CurrentProjectContext value={value}>{children}</CurrentProjectContext>;
}

/** The project that the dashboard shows, which every call names. Only below the dashboard's layout. */
export function useCurrentProject(): CurrentProject {
  const value = useContext(CurrentProjectContext);
  if (!value) throw new Error("useCurrentProject is for pages of the dashboard");
  return value;
}

/** The current project's id and role: what most pages need. */
export function useProject(): ProjectView {
  return useCurrentProject().project;
}
