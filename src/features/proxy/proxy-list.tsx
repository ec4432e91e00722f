"use client";

import type { ProxyState, ProxyView } from "@deskhand/shared/schemas/proxy";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Alert, Button, Group, Menu, Progress, Select, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconDownload, IconSearch, IconWorld } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { CardTable } from "@/components/card-table";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { notifyError } from "@/components/notify";
import { useAddressState } from "@/components/use-address-state";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { DeleteFound } from "./delete-found.tsx";
import classes from "./proxy-list.module.css";
import { ProxyRow } from "./proxy-row.tsx";
import { useChecks } from "./use-checks.ts";
import { useExport } from "./use-export.ts";

const states: { value: ProxyState; label: string }[] = [
  { value: "works", label: "Works" },
  { value: "fails", label: "Does not work" },
  { value: "unchecked", label: "Not checked" },
];
const columns = ["Proxy", "State", "Leads out in", "Traffic", "Used by", ""];

export function ProxyList({ runners, onAdd }: { runners: RunnerView[]; onAdd: () => void }) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const [typed, setTyped] = useAddressState("search");
  const [search] = useDebouncedValue(typed.trim(), 200);
  const [asked, setState] = useAddressState("state");
  const state = states.find(({ value }) => value === asked)?.value ?? null;
  const [runnerId, setRunnerId] = useState<string | null>(null);
  const online = runners.filter((one) => one.online);
  const runner = online.find(({ id }) => id === runnerId) ?? online[0];
  const list = useInfiniteQuery(
    trpc.proxy.list.infiniteQueryOptions(
      { projectId, search, ...(state && { state }), limit: 100 },
      { getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined },
    ),
  );
  const isFiltered = search !== "" || state !== null;
  const proxies = list.data?.pages.flatMap(({ items }) => items) ?? [];
  const checks = useChecks(proxies, runner);
  const exportAs = useExport();
  if (list.isError && !list.data) return <ErrorState error={list.error} onRetry={() => void list.refetch()} />;
  if (list.data && proxies.length === 0 && !isFiltered) {
    return (
      <EmptyState
        icon={<IconWorld size={26} stroke={1.5} aria-hidden />}
        title="No proxy yet"
        description="Paste what your provider gave you, in any common shape: what is not clear, you are asked about."
        action={<Button onClick={onAdd}>Add proxies</Button>}
      />
    );
  }
  const isChecking = checks.done < checks.total;
  /** Also those that are not shown yet: their answers come to their rows. */
  const findAll = async (): Promise<ProxyView[]> => {
    let all = list;
    while (all.hasNextPage) {
      const more = await list.fetchNextPage();
      if (more.isError) throw more.error;
      all = more;
    }
    return all.data?.pages.flatMap(({ items }) => items) ?? [];
  };
  return (
    <>
      <div className={classes.bar}>
        <TextInput
          aria-label="Search proxies"
          placeholder="Search"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
          className={classes.search}
        />
        <Select
          aria-label="State"
          placeholder="Any state"
          data={states}
          value={state}
          onChange={(chosen) => setState(chosen ?? "")}
          clearable
          className={classes.state}
        />
        <Group gap="xs" wrap="wrap">
          {online.length > 1 && (
            <Select
              aria-label="Runner that checks"
              data={online.map(({ id, name }) => ({ value: id, label: `From ${name}` }))}
              value={runner?.id ?? null}
              onChange={setRunnerId}
              allowDeselect={false}
              w={180}
            />
          )}
          <Button
            variant="default"
            disabled={!runner || proxies.length === 0}
            loading={isChecking || list.isFetchingNextPage}
            onClick={() => void findAll().then(checks.start, notifyError)}
            title={runner ? undefined : "A runner has to be online"}
          >
            {isFiltered ? "Check what is found" : "Check all"}
          </Button>
          {isFiltered && proxies.length > 0 && <DeleteFound find={findAll} />}
          <Menu position="bottom-end" width={180}>
            <Menu.Target>
              <Button variant="default" leftSection={<IconDownload size={15} aria-hidden />}>
                Export
              </Button>
            </Menu.Target>
            <Menu.Dropdown>
              <Menu.Item onClick={() => void exportAs("text")}>Text, without passwords</Menu.Item>
              <Menu.Item onClick={() => void exportAs("json")}>JSON, without passwords</Menu.Item>
            </Menu.Dropdown>
          </Menu>
        </Group>
      </div>
      {isChecking && (
        <div className={classes.progress} role="status">
          <Progress value={(100 * checks.done) / checks.total} aria-label="Proxies that are checked" />
          <Text size="xs" c="dimmed" mt={4}>
            {checks.done} of {checks.total} checked from {runner?.name}
          </Text>
        </div>
      )}
      {checks.unanswered > 0 && (
        <Alert variant="light" color="yellow" mb="md" role="status">
          {checks.unanswered === 1 ? "1 proxy was" : `${checks.unanswered} proxies were`} not checked: {runner?.name ?? "the runner"} gives
          no answer. Look whether it is online, and check again.
        </Alert>
      )}
      {list.data && proxies.length === 0 ? (
        <EmptyState
          icon={<IconSearch size={26} stroke={1.5} aria-hidden />}
          title="No proxy like that"
          description="Its name and its host are searched."
          action={
            <Button
              variant="default"
              onClick={() => {
                setTyped("");
                setState("");
              }}
            >
              Clear the filters
            </Button>
          }
        />
      ) : (
        <CardTable label="Proxies" columns={columns} loading={list.isPending} lines={2}>
          {proxies.map((proxy) => (
            <ProxyRow
              key={proxy.id}
              proxy={proxy}
              runners={runners}
              isWaiting={checks.isWaiting(proxy)}
              onCheck={runner ? () => void checks.start([proxy]) : undefined}
            />
          ))}
        </CardTable>
      )}
      {list.hasNextPage && (
        <Group justify="center" mt="md">
          <Button variant="default" onClick={() => void list.fetchNextPage()} loading={list.isFetchingNextPage}>
            Show more
          </Button>
        </Group>
      )}
    </>
  );
}
