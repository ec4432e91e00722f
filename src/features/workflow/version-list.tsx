import type { WorkflowVersionView } from "@deskhand/shared/schemas/workflow";
import { Badge } from "@mantine/core";
import Link from "next/link";
import { Panel } from "@/components/panel";
import { TimeAgo } from "@/components/time-ago";
import classes from "./version-list.module.css";

type Props = { versions: readonly WorkflowVersionView[]; shown: number; latest: number };

/** A workflow's versions, newest first; each is a link that shows it. */
export function VersionList({ versions, shown, latest }: Props) {
  return (
    <Panel title="Versions" flush>
      <ul className={classes.list}>
        {versions.map((version) => (
          <li key={version.id}>
            <Link
              href={version.number === latest ? `/dashboard/workflows/${version.workflowId}` : `?version=${version.number}`}
              className={classes.version}
              aria-current={version.number === shown ? "true" : undefined}
              scroll={false}
            >
              <span className={classes.number}>Version {version.number}</span>
              {version.number === latest && (
                <Badge size="sm" variant="default">
                  Latest
                </Badge>
              )}
              <span className={classes.facts}>
                <TimeAgo at={version.createdAt} />
                {version.createdBy && <> by {version.createdBy}</>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
