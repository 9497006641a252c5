import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import Link from "@cloudscape-design/components/link";
import Pagination from "@cloudscape-design/components/pagination";
import Select from "@cloudscape-design/components/select";
import SpaceBetween from "@cloudscape-design/components/space-between";
import Table from "@cloudscape-design/components/table";
import TextFilter from "@cloudscape-design/components/text-filter";
import Toggle from "@cloudscape-design/components/toggle";
import { useDeferredValue, useState } from "react";

import { count, counted } from "~/app/format";
import { ProblemAlert } from "~/app/parts/ProblemAlert";
import { Status } from "~/app/parts/Status";
import type { DeviceOutcome, PlannedDevice } from "~/ipc";

import { DeviceModal } from "./DeviceModal";
import { ALL_DEVICES, type DeviceFilter, PAGE, isFiltered, queryOf } from "./filter";
import { usePlannedDevices } from "./usePlan";
import { ALL_OUTCOMES, OUTCOMES, inALine } from "./words";

const ANY = { value: "any", label: "Any outcome" };
const CHOICES: { value: string; label: string }[] = [ANY, ...ALL_OUTCOMES.map((outcome) => ({ value: outcome, label: OUTCOMES[outcome].label }))];

function isOutcome(value: string | undefined): value is DeviceOutcome {
  return value !== undefined && value in OUTCOMES;
}

interface PlannedDevicesProps {
  made: number;
  filter: DeviceFilter;
  page: number;
  onFilter: (filter: DeviceFilter) => void;
  onPage: (page: number) => void;
}

/** Every device of the plan with what changes for it; a row opens its diff. */
export function PlannedDevices({ made, filter, page, onFilter, onPage }: PlannedDevicesProps) {
  const [open, setOpen] = useState<string | null>(null);
  const text = useDeferredValue(filter.text);
  const devices = usePlannedDevices(queryOf({ ...filter, text }, page), made);
  const rows = devices.data?.rows ?? [];
  const matches = devices.data?.matches ?? 0;
  const pages = Math.max(1, Math.ceil(matches / PAGE));
  const change = (more: Partial<DeviceFilter>) => onFilter({ ...filter, ...more });
  const at = rows.findIndex(({ thingName }) => thingName === open);
  const device = rows[at];
  const goTo = (row: PlannedDevice | undefined) => (row ? () => setOpen(row.thingName) : null);
  return (
    <SpaceBetween size="s">
      {devices.error && <ProblemAlert error={devices.error} retry={() => void devices.refetch()} />}
      <Table<PlannedDevice>
        variant="embedded"
        data-testid="changes-devices"
        items={rows}
        trackBy="thingName"
        wrapLines
        enableKeyboardNavigation
        loading={devices.isPending && !devices.error}
        loadingText="Reading the devices"
        ariaLabels={{ tableLabel: "Devices and what changes for them" }}
        empty={
          <Box textAlign="center" padding={{ vertical: "m" }}>
            <SpaceBetween size="xs">
              <Box variant="strong">{isFiltered(filter) ? "No matches" : "No device is selected"}</Box>
              {isFiltered(filter) && <Button onClick={() => onFilter(ALL_DEVICES)}>Show all</Button>}
            </SpaceBetween>
          </Box>
        }
        filter={
          <div className="device-filter">
            <div className="find-device">
              <TextFilter
                filteringText={filter.text}
                filteringPlaceholder="Find by thing name"
                filteringAriaLabel="Find devices"
                onChange={({ detail }) => change({ text: detail.filteringText })}
              />
            </div>
            <Select
              selectedOption={CHOICES.find(({ value }) => value === filter.outcome) ?? ANY}
              options={CHOICES}
              ariaLabel="What comes of the devices"
              onChange={({ detail: { selectedOption } }) =>
                change({ outcome: isOutcome(selectedOption.value) ? selectedOption.value : null })
              }
              data-testid="changes-filter-outcome"
            />
            <Toggle checked={filter.withFindings} onChange={({ detail }) => change({ withFindings: detail.checked })}>
              Only with findings
            </Toggle>
            {isFiltered(filter) && (
              <Box color="text-body-secondary">
                <span role="status">{devices.isFetching ? "…" : counted(matches, "match", "matches")}</span>
              </Box>
            )}
            {filter.group !== null && (
              <Button iconName="close" iconAlign="right" onClick={() => change({ group: null })}>
                Outcome {count(filter.group + 1)} only
              </Button>
            )}
          </div>
        }
        pagination={
          <Pagination
            currentPageIndex={Math.min(page, pages)}
            pagesCount={pages}
            onChange={({ detail }) => onPage(detail.currentPageIndex)}
          />
        }
        columnDefinitions={[
          {
            id: "thing",
            header: "Device",
            isRowHeader: true,
            width: 200,
            cell: ({ thingName }) => (
              <Link
                ariaLabel={`${thingName}: show what changes`}
                onFollow={() => setOpen(thingName)}
                data-testid={`changes-open-${thingName}`}
              >
                <span className="wrap">{thingName}</span>
              </Link>
            ),
          },
          { id: "outcome", header: "Outcome", width: 140, cell: ({ outcome }) => <Status word={OUTCOMES[outcome]} /> },
          {
            id: "changes",
            header: "What changes",
            width: 190,
            cell: ({ outcome, diff }) => (outcome === "unread" || outcome === "unreadable" ? "–" : inALine(diff)),
          },
          {
            id: "kept",
            header: "Stay",
            width: 70,
            cell: ({ diff }) => count(diff.kept.length),
          },
          {
            id: "findings",
            header: "Findings",
            minWidth: 200,
            cell: ({ findings: [first, ...more] }) =>
              first === undefined ? (
                "–"
              ) : (
                <span className="short-finding" title={first.message}>
                  {first.message}
                  {more.length > 0 && ` (and ${count(more.length)} more)`}
                </span>
              ),
          },
        ]}
      />
      {device && (
        <DeviceModal
          key={device.thingName}
          device={device}
          onPrevious={goTo(rows[at - 1])}
          onNext={goTo(rows[at + 1])}
          onDismiss={() => setOpen(null)}
        />
      )}
    </SpaceBetween>
  );
}
