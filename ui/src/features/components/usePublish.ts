import { keepPreviousData, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";

import { useFlash } from "~/app/flash";
import { useSettled } from "~/app/useSettled";
import { ipc, isProblem, keys, useJob } from "~/ipc";
import type { PublishRequest } from "~/ipc";

import { type PublishForm, requestOf } from "./publishForm";

const TYPING_MILLIS = 600;

function running<T extends { state: string }>(job: T | null): T | null {
  return job?.state === "running" ? job : null;
}

/** What there is to say about a recipe, anew whenever the typing pauses. */
export function useCheck(form: PublishForm) {
  const asked = JSON.stringify(requestOf(form));
  const settled = useSettled(asked, TYPING_MILLIS);
  const request = JSON.parse(settled) as PublishRequest;
  const check = useQuery({
    queryKey: keys.componentCheck(settled),
    queryFn: () => ipc.componentCheck(request),
    enabled: request.recipe?.trim() !== "",
    placeholderData: keepPreviousData,
    // Files and the account change while nobody looks.
    gcTime: 0,
  });
  const job = useJob("component_check", settled);
  const empty = form.recipe.trim() === "";
  return {
    // What belongs to a text that was typed over since is shown, but does not count.
    data: empty ? undefined : check.data,
    counts: !check.isPlaceholderData && !check.isFetching && settled === asked && !check.error,
    error: !empty && check.error && !isProblem(check.error, "cancelled") ? check.error : null,
    cancelled: isProblem(check.error, "cancelled"),
    busy: !empty && (check.isFetching || settled !== asked),
    again: () => void check.refetch(),
    job: running(job),
  };
}

/** Publishing: goes on when the dialog is closed, and tells when it is done. */
export function usePublish() {
  const flash = useFlash();
  const client = useQueryClient();
  const publish = useMutation({
    mutationKey: ["component-publish"],
    mutationFn: (request: PublishRequest) => ipc.componentPublish(request),
    onSuccess: async ({ name, version, wasThere }) => {
      flash.success(wasThere ? `${name} ${version} was there already, the same in all.` : `${name} ${version} is published.`);
      await client.invalidateQueries({ queryKey: keys.components });
    },
  });
  const job = running(useJob("publish", publish.submittedAt));
  const error = publish.error && !isProblem(publish.error, "cancelled") ? publish.error : null;
  return { publish, job, error };
}
