import { inputsToDeploy } from "@deskhand/shared/schedule/inputs-to-deploy";
import { inputsToGive, sealedToKeep } from "@deskhand/shared/schedule/inputs-to-give";
import type { ScheduleRenewal } from "@deskhand/shared/schemas/older-schedules";
import type { RunnerView } from "@deskhand/shared/schemas/runner";
import type { WorkflowVersionDetail } from "@deskhand/shared/schemas/workflow";
import { Button, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useMemo, useState } from "react";
import { ErrorState } from "@/components/error-state";
import { wordsFor } from "@/components/error-words";
import { draftOf, readDraft } from "@/features/schedule/schedule-draft";
import { ScheduleFields } from "@/features/schedule/schedule-fields";
import { useTRPC } from "@/trpc/client";
import { useSignerState } from "@/trpc/signing";
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
import { ProfileSelect } from "./profile-select.tsx";
import { SignerNotice } from "./signer-notice.tsx";
import { useChangeSchedule } from "./use-change-schedule.ts";

type Props = { terms: ScheduleRenewal; runner: RunnerView; content: Pick<WorkflowVersionDetail, "inputSchema" | "recording"> };

/** A schedule as it is, to be changed. Secret inputs stay as they are where nothing is typed. */
export function ChangeScheduleForm({ terms, runner, content: { inputSchema, recording } }: Props) {
  const trpc = useTRPC();
  const { projectId, workflowId, version } = terms;
  const inputs = useMemo(() => readInputSchema(inputSchema), [inputSchema]);
  const fields = useMemo(() => inputFields(inputs), [inputs]);
  const [profileIds, setProfileIds] = useState(() => terms.profiles.map(({ id }) => id));
  const [values, setValues] = useState<FormValues>(() => {
    const given = Object.entries(terms.inputs).map(([name, value]) => ({ name, value: typeof value === "object" ? null : value }));
    return { ...initialValues(inputs), ...givenValues(inputs, given) };
  });
  const [errors, setErrors] = useState<FieldErrors>({});
  const [draft, setDraft] = useState(() => draftOf(terms.schedule, Intl.DateTimeFormat().resolvedOptions().timeZone));
  const when = readDraft(draft, Date.now());
  const schedule = when.ok ? when.schedule : undefined;
  const typed = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ""));
  const sealed = sealedToKeep(terms.inputs, typed);
  const declared = inputs && (inputsToGive(inputsToDeploy(inputs, schedule), sealed) ?? null);
  const change = useChangeSchedule();
  const signer = useSignerState(runner);
  const unsigned = runner.signaturesRequired === true && signer.state !== "approved";
  const profiles = useQuery(trpc.profile.list.queryOptions({ projectId, runnerId: runner.id, limit: 100 }));

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const checked = checkInputs(declared, values);
    setErrors(checked.ok ? {} : checked.errors);
    if (!checked.ok || !schedule || unsigned || profileIds.length === 0) return;
    const { plain, secret } = checked;
    change.mutate(
      { terms, recording, runner, profileIds, plain, secret, sealed, schedule },
      {
        onError: (error) => {
          const words = wordsFor(error);
          setErrors(errorsFromDetails(words.details, words.title, fields));
        },
      },
    );
  };

  const refusedAtFields = change.isError && Object.keys(errors).length > 0;
  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="lg">
        {change.error && !refusedAtFields && <ErrorState error={change.error} />}
        {runner.signaturesRequired && <SignerNotice runner={runner} signer={signer} />}
        <ScheduleFields
          draft={draft}
          read={when}
          inputs={fields.filter(({ kind }) => kind !== "password")}
          workflowId={workflowId}
          isChange
          onChange={setDraft}
        />
        <ProfileSelect
          runner={runner}
          profiles={profiles}
          value={profileIds}
          onChange={setProfileIds}
          error={profileIds.length === 0 ? "Choose at least one profile." : null}
        />
        {fields.length > 0 && (
          <InputForm
            fields={fields.map((field) => ({
              ...field,
              required: declared?.required?.includes(field.name) ?? false,
              ...(Object.hasOwn(sealed, field.name) && { description: "It has one, which stays where you give no other." }),
            }))}
            values={values}
            errors={errors}
            onChange={(name, value) => setValues((before) => ({ ...before, [name]: value }))}
          />
        )}
        <div>
          <Button type="submit" fullWidth loading={change.isPending || change.isSuccess} disabled={profiles.isPending || unsigned}>
            Change the {draft.kind === "webhook" || draft.kind === "after" ? "trigger" : "schedule"}
          </Button>
          <Text size="xs" c="dimmed" mt={8} ta="center">
            Version {version} goes on so once {runner.name} has it; what has begun goes on
            {runner.signaturesRequired && !unsigned && ". Signed with this browser’s key"}
          </Text>
        </div>
      </Stack>
    </form>
  );
}
