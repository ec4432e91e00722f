import "@mantine/core/styles.css";
import "../../src/app/global.css";
import type { ProfileView } from "@deskhand/shared/schemas/profile";
import { MantineProvider } from "@mantine/core";
import { useWindowVirtualizer } from "@tanstack/react-virtual";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { theme } from "@/components/theme";
import { usualColumns } from "@/features/profile/columns";
import { ProfileTable } from "@/features/profile/profile-table";
import { nothing } from "@/features/profile/selection";
import type { ProfileRows } from "@/features/profile/use-profile-rows";

const count = 10_000;
const states = ["saved", "new", "in-use", "hibernating"] as const;
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`;
const at = (n: number) => new Date(Date.now() - n * 60_000).toISOString();
const profiles = Array.from(
  { length: count },
  (_, n): ProfileView => ({
    id: idOf(n),
    projectId: idOf(0),
    name: `Shop account ${n}`,
    notes: `paid by ${n % 977}`,
    tags: [`tag${n % 50}`, `batch${n % 400}`],
    groupId: null,
    groupName: n % 3 === 0 ? `Group ${n % 20}` : null,
    engine: "shared",
    network: { kind: "none", names: [] },
    revision: 0,
    appliedRevision: 0,
    holder: null,
    hibernatingSince: null,
    moveId: null,
    stateFlags: [],
    notices: [],
    runnerId: idOf(n % 2),
    runnerName: `Desk ${n % 2}`,
    runnerOnline: n % 2 === 0,
    state: states[n % 4] ?? "new",
    activeRunId: null,
    stateSavedAt: at(n),
    stateBytes: n * 79,
    lastRunId: idOf(n),
    lastRunState: n % 5 === 0 ? "failed" : "succeeded",
    lastRunAt: at(n),
    purgeAt: null,
    createdAt: at(n),
  }),
);

const noop = () => {};
const rows: ProfileRows = {
  count,
  isPending: false,
  error: null,
  refetch: noop,
  row: (index) => profiles[index],
  idsBetween: async () => [],
};
const keys = { cursor: null, onPick: noop, onKeyDown: noop, forget: noop };
const view = { filter: {}, sort: "created", direction: "desc", deleted: false } as const;

function Ours() {
  return (
    <ProfileTable
      rows={rows}
      shownColumns={usualColumns}
      view={view}
      onSort={noop}
      onShown={noop}
      selection={nothing}
      keys={keys}
      onSelectAll={noop}
      onFollow={noop}
      menuOf={() => null}
    />
  );
}

/** The floor: the same virtualizer with the same texts, and nothing else. */
function Bare() {
  const [at] = useState(0);
  const virtualizer = useWindowVirtualizer({ count, estimateSize: () => 48, overscan: 12, scrollMargin: at });
  return (
    <div style={{ position: "relative", height: virtualizer.getTotalSize() }}>
      {virtualizer.getVirtualItems().map((item) => (
        <div
          key={item.key}
          style={{ position: "absolute", top: 0, height: 48, contain: "strict", width: "100%", transform: `translateY(${item.start}px)` }}
        >
          {textsOf(profiles[item.index]).map((text, column) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the columns stay as they are
            <span key={column} style={{ display: "inline-block", width: "12%" }}>
              {text}
            </span>
          ))}
        </div>
      ))}
    </div>
  );
}

function textsOf(profile: ProfileView | undefined): (string | null)[] {
  if (!profile) return [];
  const { name, state, tags, groupName, runnerName, lastRunState, createdAt } = profile;
  return [name, state, tags.join(" "), groupName, runnerName, lastRunState, createdAt.slice(0, 16)];
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(<MantineProvider theme={theme}>{location.hash === "#bare" ? <Bare /> : <Ours />}</MantineProvider>);
}
