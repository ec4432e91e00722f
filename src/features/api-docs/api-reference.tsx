"use client";

import { Accordion, Anchor, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue, useHash } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useEffect, useMemo, useState } from "react";
import { CopyField } from "@/components/copy-field";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { PageHeader } from "@/components/page-header";
import classes from "./api-reference.module.css";
import type { OpenApiDocument } from "./openapi.ts";
import { OperationBody, OperationHead } from "./operation.tsx";
import { type Group, readReference, searchReference } from "./reference.ts";

const documentPath = "/api/v1/openapi.json";

async function loadDocument(): Promise<OpenApiDocument> {
  const response = await fetch(documentPath);
  if (!response.ok) throw new Error(`the document answered ${response.status}`);
  return (await response.json()) as OpenApiDocument;
}

/** The REST API as a page, made from the OpenAPI document that programs read. */
export function ApiReference() {
  const document = useQuery({ queryKey: [["openapi"]], queryFn: loadDocument, staleTime: Number.POSITIVE_INFINITY });
  const groups = useMemo(() => (document.data ? readReference(document.data) : []), [document.data]);
  const base = document.data?.servers?.[0]?.url;
  return (
    <>
      <PageHeader
        title="API reference"
        description={
          <>
            Everything that this dashboard does, for programs. Send an{" "}
            <Anchor component={Link} href="/dashboard/api-keys" inherit underline="always">
              API key
            </Anchor>{" "}
            with each request, or read the{" "}
            <Anchor href={documentPath} inherit underline="always">
              OpenAPI document
            </Anchor>
            .
          </>
        }
      />
      {document.isError && !document.data ? (
        <ErrorState error={document.error} onRetry={() => void document.refetch()} />
      ) : (
        <Stack gap="lg">
          <div className={classes.start}>
            {base ? (
              <CopyField label="Try it" value={`curl "${base}/runners" -H "Authorization: Bearer $DESKHAND_API_KEY"`} wrap />
            ) : (
              <Skeleton height={44} radius="md" />
            )}
          </div>
          {document.isPending ? <Skeleton height={420} radius="md" /> : <Operations groups={groups} />}
        </Stack>
      )}
    </>
  );
}

function Operations({ groups }: { groups: Group[] }) {
  const [hash] = useHash({ getInitialValueInEffect: false });
  const [search, setSearch] = useState("");
  const [debounced] = useDebouncedValue(search, 150);
  const [opened, setOpened] = useState<string[]>(() => (hash.length > 1 ? [hash.slice(1)] : []));
  const found = searchReference(groups, debounced);

  // an address with an anchor opens its call, also when it is followed on this page
  useEffect(() => {
    const id = hash.slice(1);
    if (!id) return;
    setOpened((ids) => (ids.includes(id) ? ids : [...ids, id]));
    document.getElementById(id)?.scrollIntoView();
  }, [hash]);

  return (
    <div className={classes.columns}>
      <div className={classes.list}>
        <TextInput
          type="search"
          aria-label="Search the API"
          placeholder="Search calls"
          leftSection={<IconSearch size={16} aria-hidden />}
          value={search}
          onChange={(event) => setSearch(event.currentTarget.value)}
          mb="lg"
        />
        {found.length === 0 && (
          <EmptyState title="No call matches" description="Try another word, for example a noun such as run or profile." />
        )}
        {found.map((group) => (
          <section key={group.name} className={classes.group} aria-labelledby={anchorOf(group.name)}>
            <Title order={2} id={anchorOf(group.name)} className={classes.heading}>
              {group.name}
            </Title>
            <Accordion multiple value={opened} onChange={setOpened} variant="contained" order={3} classNames={{ item: classes.item }}>
              {group.operations.map((operation) => (
                <Accordion.Item key={operation.id} value={operation.id} id={operation.id}>
                  <Accordion.Control>
                    <OperationHead operation={operation} />
                  </Accordion.Control>
                  <Accordion.Panel>
                    <OperationBody operation={operation} />
                  </Accordion.Panel>
                </Accordion.Item>
              ))}
            </Accordion>
          </section>
        ))}
      </div>
      <nav className={classes.contents} aria-label="Groups of calls">
        <Text size="xs" c="dimmed" mb="xs">
          On this page
        </Text>
        {groups.map(({ name }) => (
          <a key={name} href={`#${anchorOf(name)}`} className={classes.jump}>
            {name}
          </a>
        ))}
      </nav>
    </div>
  );
}

function anchorOf(group: string): string {
  return `group-${group.toLowerCase().replaceAll(/\W+/g, "-")}`;
}
