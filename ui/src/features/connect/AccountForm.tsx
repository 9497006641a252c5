import Autosuggest from "@cloudscape-design/components/autosuggest";
import Button from "@cloudscape-design/components/button";
import ColumnLayout from "@cloudscape-design/components/column-layout";
import FormField from "@cloudscape-design/components/form-field";
import Input from "@cloudscape-design/components/input";
import Select from "@cloudscape-design/components/select";
import type { SelectProps } from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useQuery } from "@tanstack/react-query";

import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { ipc, keys } from "~/ipc";
import type { Profile } from "~/ipc";

import type { ConnectForm, FormErrors } from "./form";

const SOURCES: Record<string, string> = {
  keys: "access keys",
  sso: "IAM Identity Center",
  assume_role: "assumes a role",
  process: "credential process",
  web_identity: "web identity",
  none: "no credentials of its own",
};

const DEFAULT: SelectProps.Option = {
  value: "",
  label: "Default chain",
  description: "Environment variables, then the default profile, as the AWS SDK looks for them",
};

function option(profile: Profile): SelectProps.Option {
  const source = SOURCES[profile.source] ?? profile.source;
  return { value: profile.name, label: profile.name, description: [source, profile.region].filter(Boolean).join(" · ") };
}

interface Props {
  form: ConnectForm;
  errors: FormErrors;
  regions: readonly string[];
  onChange: (change: Partial<ConnectForm>) => void;
}

export function AccountForm({ form, errors, regions, onChange }: Props) {
  const profiles = useQuery({ queryKey: keys.profiles, queryFn: () => ipc.profilesList() });
  const options = [DEFAULT, ...(profiles.data ?? []).map(option)];
  const chosen = options.find(({ value }) => value === form.profile) ?? { value: form.profile, label: form.profile };
  const choose = (name: string) => {
    const profile = profiles.data?.find((candidate) => candidate.name === name);
    onChange({ profile: name, region: profile?.region ?? form.region, endpoint: profile?.endpoint ?? "" });
  };
  return (
    <SpaceBetween size="m">
      {profiles.error && <ProblemAlert error={profiles.error} retry={() => void profiles.refetch()} />}
      <ColumnLayout columns={2}>
        <FormField label="Profile" description="From the AWS config and credentials files">
          <div className="beside-field">
            <Select
              selectedOption={chosen}
              options={options}
              onChange={({ detail }) => choose(detail.selectedOption.value ?? "")}
              filteringType={options.length > 8 ? "auto" : "none"}
              statusType={profiles.isPending ? "loading" : "finished"}
              loadingText="Reading the profiles"
              data-testid="connect-profile"
            />
            <Button
              formAction="none"
              iconName="refresh"
              ariaLabel="Read the profiles again"
              loading={profiles.isFetching}
              onClick={() => void profiles.refetch()}
            />
          </div>
        </FormField>
        <FormField label="Region" description="Leave empty for the profile's own" errorText={errors.region}>
          <Autosuggest
            value={form.region}
            onChange={({ detail }) => onChange({ region: detail.value })}
            options={regions.map((value) => ({ value }))}
            enteredTextLabel={(value) => `Use "${value}"`}
            placeholder="eu-west-1"
            empty="No Region of that name is known"
            ariaLabel="Region"
            data-testid="connect-region"
          />
        </FormField>
      </ColumnLayout>
      <FormField
        label={
          <span>
            Endpoint <i>- optional</i>
          </span>
        }
        description="For anything that speaks the protocols of AWS. Leave it empty for AWS itself."
        errorText={errors.endpoint}
      >
        <Input
          value={form.endpoint}
          onChange={({ detail }) => onChange({ endpoint: detail.value })}
          placeholder="https://host:port"
          inputMode="url"
          spellcheck={false}
          ariaLabel="Endpoint"
          data-testid="connect-endpoint"
        />
      </FormField>
    </SpaceBetween>
  );
}
