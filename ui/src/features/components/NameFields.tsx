import Autosuggest from "@cloudscape-design/components/autosuggest";
import FormField from "@cloudscape-design/components/form-field";

import { problemOf } from "~/ipc";
import type { ComponentRow } from "~/ipc";

import { useComponents, useVersionsOf } from "./useComponents";

interface Props {
  value: string;
  error: string | null;
  onChange: (value: string) => void;
}

function option({ name, latestVersion, publisher, description }: ComponentRow) {
  return {
    value: name,
    labelTag: latestVersion ?? undefined,
    description: description ?? undefined,
    tags: publisher === null ? undefined : [publisher],
  };
}

/** A component: one of the account, one of AWS, or any other by its name. */
export function NameField({ value, error, onChange }: Props) {
  const components = useComponents();
  return (
    <FormField label="Component" errorText={error} i18nStrings={{ errorIconAriaLabel: "Error" }} stretch>
      <Autosuggest
        value={value}
        onChange={({ detail }) => onChange(detail.value.trim())}
        options={[
          { label: "Own components", options: components.own.map(option) },
          { label: "Components of AWS", options: components.public.map(option) },
        ].filter(({ options }) => options.length > 0)}
        enteredTextLabel={(text) => `Use “${text}”`}
        placeholder="Find by name, publisher or description"
        ariaLabel="Component"
        statusType={components.pending ? "loading" : components.error ? "error" : "finished"}
        loadingText="Reading the components"
        errorText={components.error ? problemOf(components.error).message : undefined}
        recoveryText="Try again"
        onLoadItems={() => components.error && components.again()}
        empty="There is no component yet"
        data-testid="component-name"
      />
    </FormField>
  );
}

interface VersionProps extends Props {
  component: string;
}

/** Its version; empty to leave it as it is on each device. */
export function VersionField({ component, value, error, onChange }: VersionProps) {
  const versions = useVersionsOf(component);
  const unknown = component !== "" && versions.current && versions.data?.length === 0;
  return (
    <FormField
      label="Version"
      constraintText="Left empty, each device keeps its version."
      errorText={error}
      warningText={
        unknown
          ? "No version of this component is known here. Publish it first, or check the name."
          : versions.data && value !== "" && !value.includes("{") && !versions.data.some(({ version }) => version === value)
            ? "This version is not known here."
            : null
      }
      i18nStrings={{ errorIconAriaLabel: "Error", warningIconAriaLabel: "Warning" }}
      stretch
    >
      <Autosuggest
        value={value}
        onChange={({ detail }) => onChange(detail.value.trim())}
        options={(versions.data ?? []).map(({ version }, at) => ({ value: version, labelTag: at === 0 ? "latest" : undefined }))}
        filteringType="none"
        enteredTextLabel={(text) => `Use “${text}”`}
        placeholder="Stays as it is"
        ariaLabel="Version"
        statusType={versions.isFetching ? "loading" : versions.error ? "error" : "finished"}
        loadingText="Reading the versions"
        errorText={versions.error ? problemOf(versions.error).message : undefined}
        recoveryText="Try again"
        onLoadItems={() => versions.error && void versions.refetch()}
        empty={component === "" ? "Choose a component first" : "No version is known"}
        data-testid="component-version"
      />
    </FormField>
  );
}
