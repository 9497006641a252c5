import type { PropertyFilterProps } from "@cloudscape-design/components/property-filter";
import { useEffect, useEffectEvent, useMemo, useState } from "react";
import { useSearchParams } from "react-router";

import { useRemembered } from "~/app/remembered";

import { EMPTY_QUERY, exactly, filterOf, readQuery } from "./filter";
import type { InventoryQuery, TargetKind } from "./kind";
import { looksOf, looksReader } from "./looks";

/** The address may name a target to show (`?find=KEY`): its filter takes the place of the present one. */
function useAsked(show: (key: string) => void) {
  const [asked, setAsked] = useSearchParams();
  const key = asked.get("find");
  const take = useEffectEvent((found: string) => {
    show(found);
    setAsked({}, { replace: true });
  });
  useEffect(() => {
    if (key !== null) take(key);
  }, [key]);
}

/** What of the table is the user's choice: filter and looks are kept, order and page are not. */
export function useTableState<Row extends { selected: boolean }, Sort extends string>(kind: TargetKind<Row, Sort>) {
  const read = useMemo(() => looksReader(kind), [kind]);
  const [filter, keepFilter] = useRemembered<PropertyFilterProps.Query>(`${kind.name}.filter`, EMPTY_QUERY, readQuery);
  const [looks, keepLooks] = useRemembered(`${kind.name}.looks`, looksOf(kind), read);
  const [sort, setSort] = useState<{ by: Sort; descending: boolean }>({ by: kind.firstSort, descending: false });
  const [page, setPage] = useState(1);
  /** What is chosen changes which rows there are, so the pages begin anew. */
  const anew =
    <Choice>(keep: (choice: Choice) => void) =>
    (choice: Choice) => {
      keep(choice);
      setPage(1);
    };
  const setFilter = anew(keepFilter);
  useAsked((key) => setFilter(exactly(kind.keyProperty, key)));
  const query: InventoryQuery<Sort> = {
    filter: filterOf(filter),
    sort: sort.by,
    descending: sort.descending,
    offset: (page - 1) * looks.pageSize,
    limit: looks.pageSize,
  };
  return { filter, setFilter, looks, setLooks: anew(keepLooks), sort, setSort: anew(setSort), page, setPage, query };
}
