"use client";

import { type HarFile, harFile } from "@deskhand/shared/formats/har";
import { type ArtifactView, isFinal, type RunDetail } from "@deskhand/shared/schemas/run";
import { stepNumber, withInner } from "@deskhand/shared/schemas/run-tree";
import { Loader, Select, Text, TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { describeArtifactProblem, formatBytes, mayStillCome, offlineWords, readArtifact } from "./artifact-content.ts";
import { DownloadButton } from "./download-button.tsx";
import { NetworkDetails } from "./network-details.tsx";
import { NetworkList } from "./network-list.tsx";
import {
  filterRows,
  kindLabels,
  type NetworkFilter,
  type NetworkRow,
  networkRows,
  requestKinds,
  statusGroups,
  statusLabels,
  totalsOf,
} from "./network-rows.ts";
import classes from "./run-network.module.css";
import { TabMessage } from "./tab-message.tsx";

type Props = { run: RunDetail /** Only this step's requests; null for all. */; step: number | null; onStep: (step: number | null) => void };

/** What the run asked of the network, read from its runner. */
export function RunNetwork({ run, step, onStep }: Props) {
  const artifact = run.artifacts.findLast(({ type }) => type === "har");
  if (!artifact) {
    return (
      <TabMessage>
        {isFinal(run.state)
          ? "This run asked nothing of the network, or was made by an older runner."
          : "What the run asks of the network is shown here when it has ended."}
      </TabMessage>
    );
  }
  if (!run.runnerOnline) return <TabMessage>{offlineWords(run.runnerName)}</TabMessage>;
  return <Content artifact={artifact} run={run} step={step} onStep={onStep} />;
}

function Content({ artifact, run, ...rest }: Props & { artifact: ArtifactView }) {
  const content = useQuery({
    queryKey: ["artifact-content", artifact.id],
    queryFn: async () => harFile.parse(await (await readArtifact(artifact.id)).json()),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
  if (content.isPending) {
    return (
      <TabMessage>
        <Loader size="sm" color="gray" aria-label="Reading the requests" />
      </TabMessage>
    );
  }
  if (content.isError) {
    const again = mayStillCome(content.error) ? { onRetry: () => void content.refetch() } : {};
    return <TabMessage {...again}>{describeArtifactProblem(content.error, run.runnerName)}</TabMessage>;
  }
  return <Requests har={content.data} artifact={artifact} run={run} {...rest} />;
}

function Requests({ har, artifact, run, step, onStep }: Props & { har: HarFile; artifact: ArtifactView }) {
  const [filter, setFilter] = useState<Omit<NetworkFilter, "steps">>({ search: "", kind: null, status: null });
  const [chosen, setChosen] = useState<NetworkRow | null>(null);
  const rows = useMemo(() => networkRows(har), [har]);
  const wanted = useDeferredValue(filter);
  const shown = useMemo(() => {
    const steps = step === null ? null : withInner(run.steps, step);
    return filterRows(rows, { ...wanted, steps });
  }, [rows, wanted, step, run.steps]);
  const numberOf = (index: number) => stepNumber(run.steps, index);
  const steps = [...new Set(rows.flatMap((row) => (row.step === null ? [] : [row.step])))].toSorted((a, b) => a - b);
  // a step without requests can be chosen among the steps, too
  const stepChoices = step !== null && !steps.includes(step) ? [...steps, step] : steps;
  const totals = totalsOf(shown);
  return (
    <>
      <div className={classes.bar}>
        <TextInput
          type="search"
          size="sm"
          className={classes.search}
          aria-label="Search the requests"
          placeholder="Search addresses"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={filter.search}
          onChange={(event) => setFilter({ ...filter, search: event.currentTarget.value })}
        />
        <Select
          size="sm"
          className={classes.choice}
          aria-label="Step"
          placeholder="Every step"
          clearable
          data={stepChoices.map((index) => ({ value: String(index), label: `Step ${numberOf(index)}` }))}
          value={step === null ? null : String(step)}
          onChange={(value) => onStep(value === null ? null : Number(value))}
        />
        <Select
          size="sm"
          className={classes.choice}
          aria-label="Kind"
          placeholder="Every kind"
          clearable
          data={requestKinds.map((value) => ({ value, label: kindLabels[value] }))}
          value={filter.kind}
          onChange={(kind) => setFilter({ ...filter, kind: requestKinds.find((one) => one === kind) ?? null })}
        />
        <Select
          size="sm"
          className={classes.choice}
          aria-label="Status"
          placeholder="Every status"
          clearable
          data={statusGroups.map((value) => ({ value, label: statusLabels[value] }))}
          value={filter.status}
          onChange={(status) => setFilter({ ...filter, status: statusGroups.find((one) => one === status) ?? null })}
        />
      </div>
      {shown.length === 0 ? (
        <TabMessage>No request fits the search and filters.</TabMessage>
      ) : (
        <NetworkList
          rows={shown}
          numberOf={numberOf}
          chosen={chosen}
          onChoose={(row) => setChosen(row.index === chosen?.index ? null : row)}
        />
      )}
      {chosen && <NetworkDetails row={chosen} onClose={() => setChosen(null)} />}
      <div className={classes.foot}>
        <Text size="sm" c="dimmed" role="status">
          {totals.requests.toLocaleString("en")} of {rows.length.toLocaleString("en")} requests · {formatBytes(totals.bytes)}
          {totals.problems > 0 ? ` · ${totals.problems} with a problem` : ""}
          {har.log.comment ? ` · ${har.log.comment}` : ""}
        </Text>
        <DownloadButton artifact={artifact} runnerName={run.runnerName}>
          Download HAR
        </DownloadButton>
      </div>
    </>
  );
}
