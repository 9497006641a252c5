import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Modal from "@cloudscape-design/components/modal";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";

import { Mono } from "~/app/parts/Mono";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Time } from "~/app/parts/Time";
import { ipc, keys } from "~/ipc";
import type { VersionOption, VersionRow } from "~/ipc";

import { Comparison } from "./Comparison";
import { useRenewVersions } from "./useVersions";

function word({ latest, chosen }: VersionOption): string {
  return [latest && "latest", chosen && "now chosen"].filter(Boolean).join(", ");
}

/** One group's versions, newest first: choose one, and see what differs from the one chosen now. */
export function ChooseModal({ row, onDismiss }: { row: VersionRow; onDismiss: () => void }) {
  const renew = useRenewVersions();
  const [picked, setPicked] = useState<VersionOption | null>(null);
  const options = useQuery({ queryKey: keys.groupVersions(row.id), queryFn: () => ipc.groupVersions(row.id) });
  const selected = picked ?? options.data?.find(({ chosen }) => chosen) ?? null;
  const choose = useMutation({
    // The latest is stored as "latest", so that it stays the latest when the list is read again.
    mutationFn: ({ version, latest }: VersionOption) => ipc.versionChoose(row.id, latest ? null : version),
    onSuccess: async () => {
      await renew();
      onDismiss();
    },
  });
  return (
    <Modal
      visible
      size="large"
      header={`Versions of ${row.name}`}
      closeAriaLabel="Close"
      onDismiss={onDismiss}
      footer={
        <Box float="right">
          <SpaceBetween direction="horizontal" size="xs">
            <Button variant="link" onClick={onDismiss}>
              Cancel
            </Button>
            <Button
              variant="primary"
              disabled={selected === null}
              loading={choose.isPending}
              onClick={() => selected && choose.mutate(selected)}
              data-testid="versions-choose-submit"
            >
              Deploy this version
            </Button>
          </SpaceBetween>
        </Box>
      }
    >
      <SpaceBetween size="m">
        {options.error && <ProblemAlert error={options.error} retry={() => void options.refetch()} />}
        {choose.error && <ProblemAlert error={choose.error} />}
        <Table
          variant="embedded"
          items={options.data ?? []}
          trackBy="version"
          loading={options.isPending}
          loadingText="Reading the versions of this group"
          empty={<Box textAlign="center">The group has no version.</Box>}
          selectionType="single"
          selectedItems={selected ? [selected] : []}
          onSelectionChange={({ detail }) => setPicked(detail.selectedItems[0] ?? null)}
          onRowClick={({ detail }) => setPicked(detail.item)}
          columnDefinitions={[
            { id: "version", header: "Version", cell: ({ version }) => <Mono>{version}</Mono> },
            { id: "created", header: "Created", cell: ({ createdAt }) => <Time millis={createdAt} as="local" /> },
            { id: "which", header: "", cell: word },
          ]}
          ariaLabels={{
            tableLabel: `Versions of ${row.name}`,
            selectionGroupLabel: "Version to deploy",
            itemSelectionLabel: (_, { version }) => `Version ${version}`,
          }}
        />
        {selected && row.version !== "" && <Comparison group={row.id} before={row.version} after={selected.version} />}
      </SpaceBetween>
    </Modal>
  );
}
