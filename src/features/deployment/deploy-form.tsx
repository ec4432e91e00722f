"use client";

import { inputsToDeploy } from "@deskhand/shared/schedule/inputs-to-deploy";
import type { DeploymentInputs } from "@deskhand/shared/schemas/deployment";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import { Alert, Button, Skeleton, Stack, Text } from "@mantine/core";
import { IconDeviceDesktop, IconPlayerPlay, IconPlayerRecord, IconRocket } from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { EmptyState } from "@/components/empty-state";
import { ErrorState } from "@/components/error-state";
import { wordsFor } from "@/components/error-words";
import { policyHindrance } from "@/components/policy-words";
import { emptyDraft, readDraft } from "@/features/schedule/schedule-draft";
import { ScheduleFields } from "@/features/schedule/schedule-fields";
import { useTRPC } from "@/trpc/client";
import { useProject } from "@/trpc/current-project";
import { useSignerState } from "@/trpc/signing";
import { AskedPermissions } from "./asked-permissions.tsx";
import { useGivenInputs } from "./given-inputs.tsx";
import {
  checkInputs,
  errorsFromDetails,
  type FieldErrors,
  type FormValues,
  givenValues,
  initialValues,
  inputFields,
  readInputSchema,
} from "./input-fields.ts";
import { InputForm } from "./input-form.tsx";
import { type LastChoice, preselectProfiles, preselectRunner, usableRunners } from "./preselect.ts";
import { ProfileSelect } from "./profile-select.tsx";
import { RecordPlace } from "./record-place.tsx";
import { RunnerSelect } from "./runner-select.tsx";
import { SignerNotice } from "./signer-notice.tsx";
import { useDeploy } from "./use-deploy.ts";

type Props = {
  workflowId: string;
  version: number;
  propose: LastChoice | undefined;
  record?: boolean;
  /** A person tries a draft in the run, which this is told. */
  onTrial?: ((runId: string) => void) | undefined;
};

/** Loads what the form proposes from; the form itself starts when all of it is there, so that nothing jumps under the pointer. */
export function DeployForm({ workflowId, version, propose, record = false, onTrial }: Props) {
  const trpc = useTRPC();
  const { id: projectId, role } = useProject();
  const runners = useQuery(trpc.runner.list.queryOptions({ projectId }));
  // when a newer version comes while somebody fills the form in, it stays until that is there, with what they typed
  const content = useQuery(
    trpc.workflow.version.queryOptions(
      { id: workflowId, number: version },
      { staleTime: Number.POSITIVE_INFINITY, placeholderData: keepPreviousData },
    ),
  );
  const lastRun = useQuery(trpc.run.list.queryOptions({ projectId, workflowId, limit: 1 }));
  const lastVersion = lastRun.data?.items[0]?.version;
  const lastContent = useQuery(
    trpc.workflow.version.queryOptions(
      { id: workflowId, number: lastVersion },
      { enabled: lastVersion !== undefined && lastVersion !== version, staleTime: Number.POSITIVE_INFINITY },
    ),
  );
  const given = useGivenInputs(propose?.deploymentId);
  const failed = [runners, content].find((query) => query.isError && !query.data);

  if (failed) return <ErrorState error={failed.error} onRetry={() => void failed.refetch()} />;
  if (!runners.data || !content.data || lastRun.isPending || lastContent.isLoading || given.isLoading) return <FormSkeleton />;
  const usable = usableRunners(runners.data.items);
  if (usable.length === 0) {
    return (
      <EmptyState
        plain
        icon={<IconDeviceDesktop size={22} stroke={1.5} aria-hidden />}
        title="No runner yet"
        description={
          role === "member"
            ? "A workflow runs on a computer of yours. An owner or admin of the project connects one."
            : "A workflow runs on a computer of yours. Add a runner there first."
        }
        action={
          role !== "member" && (
            <Button component={Link} href="/dashboard/runners?add">
              Add a runner
            </Button>
          )
        }
      />
    );
  }
  const last = lastRun.data?.items[0];
  return (
    <ReadyForm
      workflowId={workflowId}
      version={content.data.number}
      record={record}
      onTrial={onTrial}
      runners={usable}
      schema={content.data.inputSchema}
      recording={content.data.recording}
      lastContent={lastContent.data && { version: lastContent.data.number, recording: lastContent.data.recording }}
      given={given.data?.items ?? []}
      last={propose ?? { runnerId: last?.runnerId ?? null, profileIds: last ? [last.profileId] : [] }}
    />
  );
}

type Content = { version: number; recording: Record<string, unknown> };
type ReadyProps = {
  workflowId: string;
  version: number;
  record: boolean;
  onTrial: ((runId: string) => void) | undefined;
  runners: RunnerView[];
  schema: Record<string, unknown> | null;
  recording: Record<string, unknown>;
  lastContent: Content | undefined;
  /** What the inputs were before. */
  given: DeploymentInputs["items"];
  last: LastChoice;
};

function ReadyForm({ workflowId, version, record, onTrial, runners, schema, recording, lastContent, given: before, last }: ReadyProps) {
  const trpc = useTRPC();
  const { id: projectId } = useProject();
  const inputs = useMemo(() => readInputSchema(schema), [schema]);
  const fields = useMemo(() => inputFields(inputs), [inputs]);
  const [runnerId, setRunnerId] = useState(() => preselectRunner(runners, last));
  const [chosen, setChosen] = useState<string[] | null>(null);
  const [typed, setTyped] = useState<FormValues>(() => givenValues(inputs, before));
  const values = useMemo(() => {
    const initial = initialValues(inputs);
    return { ...initial, ...Object.fromEntries(Object.entries(typed).filter(([name]) => name in initial)) };
  }, [inputs, typed]);
  const [errors, setErrors] = useState<FieldErrors>({});
  const [needsProfile, setNeedsProfile] = useState(false);
  const [inWindow, setInWindow] = useState(false);
  const [draft, setDraft] = useState(() => emptyDraft(Intl.DateTimeFormat().resolvedOptions().timeZone));
  const when = readDraft(draft, Date.now());
  const settable = fields.filter(({ kind }) => kind !== "password");
  const declared = inputs && (inputsToDeploy(inputs, when.ok ? when.schedule : undefined) ?? null);
  const deploy = useDeploy();
  const runner = runners.find((candidate) => candidate.id === runnerId);
  const signer = useSignerState(runner);
  const unsigned = runner?.signaturesRequired === true && signer.state !== "approved";
  const profiles = useQuery(
    trpc.profile.list.queryOptions({ projectId, runnerId: runnerId ?? "", limit: 100 }, { enabled: runnerId !== null }),
  );
  const given = last.byRunner ? [...(last.byRunner[runnerId ?? ""] ?? [])] : undefined;
  const profileIds = chosen ?? given ?? preselectProfiles(profiles.data?.items ?? [], runnerId, last);

  const byHand = record || onTrial !== undefined;
  const isEnough = byHand ? profileIds.length === 1 : profileIds.length > 0;

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const checked = checkInputs(declared, values);
    setErrors(checked.ok ? {} : checked.errors);
    setNeedsProfile(!isEnough);
    if (!checked.ok || !runner || unsigned || !isEnough || !when.ok) return;
    deploy.mutate(
      {
        projectId,
        workflowId,
        version,
        recording,
        runner,
        profileIds,
        plain: checked.plain,
        secret: checked.secret,
        schedule: when.schedule,
        record,
        window: inWindow,
        onTrial,
      },
      {
        onError: (error) => {
          const words = wordsFor(error);
          setErrors(errorsFromDetails(words.details, words.title, fields));
        },
      },
    );
  };

  // the drawer gave its focus away before the form was there; with nothing to fill in, Enter deploys
  const button = useRef<HTMLButtonElement>(null);
  const ready = profiles.isSuccess && !unsigned && profileIds.length > 0 && checkInputs(declared, values).ok;
  const mayFocus = useRef(true);
  useEffect(() => {
    // whoever began to fill the form in keeps the focus
    const isInUse = button.current?.form?.contains(document.activeElement) === true;
    if (ready && mayFocus.current && !isInUse) button.current?.focus();
    if (profiles.isSuccess) mayFocus.current = false;
  }, [ready, profiles.isSuccess]);

  const refusedAtFields = deploy.isError && Object.keys(errors).length > 0;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {deploy.error && !refusedAtFields && <ErrorState error={deploy.error} />}
        <RunnerSelect
          runners={runners}
          value={runnerId}
          onChange={(id) => {
            setRunnerId(id);
            setChosen(null);
          }}
        />
        {runner && hindranceOf(runner) && (
          <Alert variant="default" role="status" title={`${runner.name} will not open anything now`}>
            {hindranceOf(runner)}
          </Alert>
        )}
        {runner?.signaturesRequired && <SignerNotice runner={runner} signer={signer} />}
        {runner && (
          <ProfileSelect
            key={runner.id}
            runner={runner}
            profiles={profiles}
            value={profileIds}
            onChange={(ids) => {
              setChosen(ids);
              setNeedsProfile(false);
            }}
            error={needsProfile && !isEnough ? `Choose ${byHand ? "one" : "at least one"} profile.` : null}
          />
        )}
        {record && <RecordPlace runner={runner} value={inWindow} onChange={setInWindow} />}
        {fields.length > 0 && (
          <InputForm
            fields={fields.map((field) => ({ ...field, required: declared?.required?.includes(field.name) ?? false }))}
            values={values}
            errors={errors}
            onChange={(name, value) => setTyped((before) => ({ ...before, [name]: value }))}
          />
        )}
        <AskedPermissions recording={recording} last={lastContent} />
        {!byHand && <ScheduleFields draft={draft} read={when} inputs={settable} workflowId={workflowId} onChange={setDraft} />}
        <div>
          <Button
            type="submit"
            fullWidth
            loading={deploy.isPending || deploy.isSuccess}
            // what will be proposed, or whether this browser may, is not known yet
            disabled={profiles.isPending || unsigned}
            leftSection={
              onTrial ? (
                <IconPlayerPlay size={16} aria-hidden />
              ) : record ? (
                <IconPlayerRecord size={16} aria-hidden />
              ) : (
                <IconRocket size={16} aria-hidden />
              )
            }
            ref={button}
          >
            {onTrial ? "Open the page" : record ? "Record" : draft.kind === "now" ? "Deploy" : "Schedule"}
            {!byHand && profileIds.length > 1 && ` ${draft.kind === "now" ? "to" : "on"} ${profileIds.length} profiles`}
          </Button>
          <Text size="xs" c="dimmed" mt={8} ta="center">
            {onTrial
              ? "Opens the profile, and keeps it open while you try the steps"
              : record
                ? `Starts version ${version}, then waits for you`
                : draft.kind === "now"
                  ? `Starts version ${version} now`
                  : `The runner keeps version ${version} and starts it by itself`}
            {runner?.signaturesRequired && !unsigned && ", signed with this browser’s key"}
          </Text>
        </div>
      </Stack>
    </form>
  );
}

/** Why no run would begin on it now. */
function hindranceOf({ policy, tightening }: RunnerView): string | null {
  return tightening.paused ? "The project paused it: runs wait until somebody resumes it on its page." : policyHindrance(policy);
}

function FormSkeleton() {
  return (
    <Stack gap="lg" aria-busy>
      <Skeleton height={60} />
      <Skeleton height={60} />
      <Skeleton height={36} />
    </Stack>
  );
}
