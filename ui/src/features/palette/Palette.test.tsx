import { fireEvent, screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { GroupRow } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { type Answers, fakeIpc } from "~/testing/fakeIpc";
import { appStatus, deviceDraft, draft, problem } from "~/testing/fixtures";
import { renderApp } from "~/testing/render";
import { counts, runRow } from "~/testing/runFixtures";

import { matches, readRecents, remember } from "./entries";

const GROUP: GroupRow = {
  id: "953a64a1-d2d0-4b1c-9a55-2f0f7c1f0a11",
  name: "rotterdam-line-0001",
  latestVersion: "5e359af7",
  createdAt: 1,
  updatedAt: 1,
  deployable: "yes",
  selected: true,
};

const inventory = { groups: 1, listedAt: 1, partial: false, selected: 0, selectedNotDeployable: 0 };

function opened(more: Answers = {}, path = "/settings") {
  const ipc = fakeIpc({
    appStatus: () => appStatus(),
    settingsGet: () => ({ theme: "light", density: "compact", keepAwake: true, notify: true }),
    settingsSet: (settings) => settings,
    runsList: () => [runRow({ name: "Firmware 4.2", counts: counts({ succeeded: 9, failed: 1 }) })],
    groupsPage: ({ filter }) => {
      const text = filter.tokens[0]?.value ?? "";
      const rows = [GROUP].filter(({ id, name }) => `${id} ${name}`.includes(text));
      return { rows, matches: rows.length, matchesUnselected: 0, selected: 1, total: 500 };
    },
    groupsStatus: () => inventory,
    groupsSelect: () => ({ selected: 0, canUndo: false, leftOut: 0 }),
    generationGet: () => "v1",
    draftGet: () => draft(),
    deviceDraftGet: () => deviceDraft(),
    draftSet: () => draft(),
    jobWatch: () => 1,
    closingWatch: () => 1,
    watchEnd: () => null,
    ...more,
  });
  return { ...renderApp(path), ipc };
}

/** Cloudscape's dialogs go by the key's code, which user-event leaves out. */
function escape() {
  fireEvent.keyDown(document.activeElement ?? document.body, { key: "Escape", keyCode: 27 });
}

async function palette(user: ReturnType<typeof opened>["user"]) {
  await user.keyboard("{Control>}k{/Control}");
  return screen.findByRole("combobox", { name: "Find a step, run, group, device or action" });
}

test("Ctrl+K opens it with the keyboard in it; Esc closes it", async () => {
  const { user } = opened();
  const input = await palette(user);
  await waitFor(() => expect(input).toHaveFocus());
  expect(await screen.findByRole("option", { name: /^Groups Step 2/ })).toBeVisible();
  expect(await seriousFindings(document.body)).toEqual([]);
  escape();
  await waitFor(() => expect(screen.queryByTestId("palette")).not.toBeInTheDocument());
});

test("the top bar has a button for it", async () => {
  const { user } = opened();
  const [button] = await screen.findAllByRole("button", { name: /find a step, run, group, device or action/ });
  if (button) await user.click(button);
  expect(await screen.findByTestId("palette")).toBeInTheDocument();
});

test("arrows mark an entry, Enter opens it", async () => {
  const { user } = opened();
  const input = await palette(user);
  await user.type(input, "review");
  const option = await screen.findByRole("option", { name: /^Review/ });
  await waitFor(() => expect(option).toHaveAttribute("aria-selected", "true"));
  expect(input).toHaveAttribute("aria-activedescendant", option.id);
  await user.clear(input);
  await user.type(input, "ste");
  const options = await screen.findAllByRole("option");
  expect(options.length).toBeGreaterThan(2);
  await user.keyboard("{ArrowUp}");
  await waitFor(() => expect(options.at(-1)).toHaveAttribute("aria-selected", "true"));
  await user.keyboard("{ArrowDown}{ArrowDown}");
  await waitFor(() => expect(options[1]).toHaveAttribute("aria-selected", "true"));
});

test("runs and their causes are found by name", async () => {
  const { user } = opened({ runGet: () => { throw problem("not_found", "No such run"); } });
  await user.type(await palette(user), "causes firm");
  await user.click(await screen.findByRole("option", { name: /^Causes of Firmware 4.2 1 did not succeed/ }));
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/runs/7f3c0a52/causes"));
});

test("groups are searched by the engine, and opened in their step", async () => {
  const { user, ipc } = opened();
  await user.type(await palette(user), "rott");
  const option = await screen.findByRole("option", { name: /rotterdam-line-0001/ });
  expect(ipc.callsOf("groupsPage").at(-1)).toEqual([
    {
      filter: { operation: "and", tokens: [{ property: null, operator: ":", value: "rott" }] },
      sort: "name",
      descending: false,
      offset: 0,
      limit: 6,
    },
  ]);
  await user.click(option);
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/new/groups"));
  await waitFor(() =>
    expect(ipc.callsOf("groupsPage").at(-1)).toMatchObject([
      { filter: { tokens: [{ property: "id", operator: "=", value: GROUP.id }] } },
    ]),
  );
});

test("an action is done at once", async () => {
  const { user, ipc } = opened();
  await user.type(await palette(user), "dark");
  await screen.findByRole("option", { name: /^Theme: dark/ });
  await user.keyboard("{Enter}");
  await waitFor(() =>
    expect(ipc.callsOf("settingsSet")).toEqual([
      [{ theme: "dark", density: "compact", keepAwake: true, notify: true }],
    ]),
  );
  expect(screen.queryByTestId("palette")).not.toBeInTheDocument();
});

test("what was opened is offered first the next time", async () => {
  const { user } = opened();
  await user.type(await palette(user), "new depl");
  await screen.findByRole("option", { name: /^New deployment/ });
  await user.keyboard("{Enter}");
  await waitFor(() => expect(screen.getByTestId("place")).toHaveTextContent("/new"));
  await palette(user);
  const recent = within(await screen.findByRole("group", { name: "Recent" }));
  expect(recent.getByRole("option", { name: /^New deployment/ })).toHaveAttribute("aria-selected", "true");
});

test("a search that fails says why; the rest can still be found", async () => {
  const { user } = opened({
    groupsPage: () => {
      throw problem("store_failed", "The store cannot be read");
    },
  });
  await user.type(await palette(user), "settings");
  expect(await screen.findByText("The store cannot be read")).toBeVisible();
  expect(screen.getByRole("option", { name: /^Settings/ })).toBeVisible();
});

test("without a connection neither runs nor groups are asked for", async () => {
  const { user, ipc } = opened({ appStatus: () => appStatus({ connection: null }) });
  await user.type(await palette(user), "rotterdam");
  expect(await screen.findByText("Nothing matches")).toBeVisible();
  expect(ipc.callsOf("groupsPage")).toEqual([]);
});

test("? shows the keys, but not while somebody types", async () => {
  const { user } = opened();
  await screen.findByTestId("settings-theme");
  await user.keyboard("?");
  expect(await screen.findByTestId("keys")).toHaveTextContent("Find a step, run, group, device or action");
  expect(await seriousFindings(document.body)).toEqual([]);
  escape();
  await waitFor(() => expect(screen.queryByTestId("keys")).not.toBeInTheDocument());
  const input = await palette(user);
  await user.type(input, "?");
  expect(input).toHaveValue("?");
  expect(screen.queryByTestId("keys")).not.toBeInTheDocument();
});

test("recents are few, newest first, and only what this version can use", () => {
  const one = (id: string) => ({ id, label: id, detail: "", to: `/${id}` });
  const all = ["a", "b", "c", "d", "e", "f", "g", "a"].reduce((kept, id) => remember(kept, one(id)), [one("z")]);
  expect(all.map(({ id }) => id)).toEqual(["a", "g", "f", "e", "d", "c"]);
  expect(readRecents([one("a"), { id: 1 }, null])).toEqual([one("a")]);
  expect(readRecents("nonsense")).toBeNull();
});

test("each word has to be somewhere", () => {
  const entry = { id: "run:1", kind: "Runs" as const, label: "Firmware 4.2", detail: "Finished" };
  expect(matches(entry, "4.2 FIN")).toBe(true);
  expect(matches(entry, "4.2 stopped")).toBe(false);
});
