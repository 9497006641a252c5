import Autosuggest from "@cloudscape-design/components/autosuggest";
import Button from "@cloudscape-design/components/button";
import FormField from "@cloudscape-design/components/form-field";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useDeferredValue } from "react";

import { problemOf } from "~/ipc";
import { ipc, keys } from "~/ipc";

import { roleNameFault } from "./roleName";

interface RoleChoiceProps {
  role: string;
  suggestion: string;
  onChange: (role: string) => void;
  /** The user has finished choosing. */
  onChosen: (role: string) => void;
}

/** Existing roles by name, each with whether Greengrass may assume it; any other name stands for a new role. */
export function RoleChoice({ role, suggestion, onChange, onChosen }: RoleChoiceProps) {
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
  const kind = known
    ? known.trusted
      ? "An existing role that Greengrass may assume."
      : "An existing role; Greengrass may not assume it yet."
    : "No role of this name was found: it will be made when you apply.";
  return (
    <FormField
      label="Execution role"
      description="Greengrass takes this role to read the input file and to create the deployments."
      errorText={fault}
      constraintText={role === "" ? `For example ${suggestion}` : roles.isSuccess ? kind : " "}
      secondaryControl={
        role === "" ? (
          <Button
            onClick={() => {
              onChange(suggestion);
              onChosen(suggestion);
            }}
            data-testid="permissions-suggested"
          >
            Use {suggestion}
          </Button>
        ) : undefined
      }
    >
      <Autosuggest
        value={role}
        placeholder="Find a role, or name a new one"
        ariaLabel="Execution role"
        enteredTextLabel={(value) => (known ? `This role: “${value}”` : `New role: “${value}”`)}
        filteringType="manual"
        options={found.map((one) => ({
          value: one.name,
          description: one.arn,
          labelTag: one.trusted ? "Trusted" : "Not trusted yet",
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
        data-testid="permissions-role"
      />
    </FormField>
  );
}
