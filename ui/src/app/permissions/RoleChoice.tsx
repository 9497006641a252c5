import Autosuggest from "@cloudscape-design/components/autosuggest";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";

import { problemOf } from "~/ipc";
import { ipc, keys } from "~/ipc";

import { roleNameFault } from "./roleName";

export interface RoleWords {
  label: string;
  description: string;
  /** Said of a role that is there: by whether Greengrass may assume it, where that is what matters. */
  existing: (trusted: boolean) => string;
  /** Whether roles are told by Greengrass’s trust. */
  trust: boolean;
  missing: string;
  testid: string;
}

interface RoleChoiceProps {
  words: RoleWords;
  role: string;
  suggestion: string;
  onChange: (role: string) => void;
  /** The user has finished choosing. */
  onChosen: (role: string) => void;
}

/** Existing roles by name; any other name stands for a new role. */
export function RoleChoice({ words, role, suggestion, onChange, onChosen }: RoleChoiceProps) {
  const text = useDeferredValue(role);
  const roles = useQuery({
    queryKey: keys.roles(text),
    queryFn: () => ipc.rolesList(text),
    placeholderData: keepPreviousData,
    staleTime: 30_000,
  });
  const found = roles.data ?? [];
  const known = found.find((one) => one.name === role);
  const fault = role === "" ? null : roleNameFault(role);
  const kind = known ? words.existing(known.trusted) : words.missing;
  return (
    <FormField
      label={words.label}
      description={words.description}
      errorText={fault}
      constraintText={role === "" ? `For example ${suggestion}` : roles.isSuccess ? kind : " "}
      secondaryControl={
        role === "" ? (
          <Button
            onClick={() => {
              onChange(suggestion);
              onChosen(suggestion);
            }}
            data-testid={`${words.testid}-suggested`}
          >
            Use {suggestion}
          </Button>
        ) : undefined
      }
    >
      <Autosuggest
        value={role}
        placeholder="Find a role, or name a new one"
        ariaLabel={words.label}
        enteredTextLabel={(value) => (known ? `This role: “${value}”` : `New role: “${value}”`)}
        filteringType="manual"
        options={found.map((one) => ({
          value: one.name,
          description: one.arn,
          labelTag: words.trust ? (one.trusted ? "Trusted" : "Not trusted yet") : undefined,
        }))}
        statusType={roles.isError ? "error" : roles.isFetching ? "loading" : "finished"}
        loadingText="Looking for roles"
        errorText={roles.error ? problemOf(roles.error).message : ""}
        recoveryText="Try again"
        onLoadItems={() => {
          if (roles.isError) void roles.refetch();
        }}
        empty="No role of this name: it will be made."
        onChange={({ detail }) => onChange(detail.value)}
        onSelect={({ detail }) => onChosen(detail.value)}
        onBlur={() => onChosen(role)}
        onKeyDown={({ detail }) => {
          if (detail.key === "Enter") onChosen(role);
        }}
        data-testid={words.testid}
      />
    </FormField>
  );
}
