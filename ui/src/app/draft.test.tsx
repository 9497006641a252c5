import { fireEvent, screen, waitFor } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Draft, DraftChange } from "~/ipc";
import { fakeIpc } from "~/testing/fakeIpc";
import { deviceDraft, draft, problem } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { Frame } from "./Frame";
import { useDeviceDraft, useDeviceDraftWriter, useDraft, useDraftWriter } from "./draft";

function Name() {
  const { change } = useDraftWriter();
  const { data } = useDraft();
  return <input aria-label="Name" value={data?.name ?? ""} onChange={(event) => change({ name: event.target.value })} />;
}

function stored(start: Draft) {
  let present = start;
  return {
    draftGet: () => present,
    draftSet: (change: DraftChange) => (present = { ...present, name: change.name ?? present.name }),
  };
}

test("what is typed is on the screen at once and in the store after a pause, in one call", async () => {
  const ipc = fakeIpc(stored(draft({ name: "a" })));
  const { user } = renderPart(<Name />);
  await waitFor(() => expect(screen.getByLabelText("Name")).toHaveValue("a"));
  await user.type(screen.getByLabelText("Name"), "bcd");
  expect(screen.getByLabelText("Name")).toHaveValue("abcd");
  await waitFor(() => expect(ipc.callsOf("draftSet")).toEqual([[{ name: "abcd" }]]));
});

test("what is typed is stored when the screen is left before the pause is over", async () => {
  const ipc = fakeIpc(stored(draft()));
  const { user, unmount } = renderPart(<Name />);
  await waitFor(() => expect(ipc.callsOf("draftGet")).toHaveLength(1));
  await user.type(screen.getByLabelText("Name"), "x");
  unmount();
  await waitFor(() => expect(ipc.callsOf("draftSet").at(-1)).toEqual([{ name: "x" }]));
});

test("who types in the middle of a word stays there, however fast", async () => {
  fakeIpc(stored(draft({ name: "overed" })));
  renderPart(<Name />);
  const field = screen.getByLabelText<HTMLInputElement>("Name");
  await waitFor(() => expect(field).toHaveValue("overed"));
  // As a browser does it: keys come without a pause, and each is put where the caret is.
  for (const key of "se") {
    const caret = key === "s" ? 4 : (field.selectionStart ?? 0);
    const typed = field.value.slice(0, caret) + key + field.value.slice(caret);
    fireEvent.input(field, { target: { value: typed } });
    if (key === "s") field.setSelectionRange(caret + 1, caret + 1);
  }
  expect(field).toHaveValue("overseed");
});

function Step() {
  const { take } = useDraftWriter();
  const { data } = useDraft();
  return (
    <>
      <button onClick={() => take(draft({ step: "permissions", name: "made meanwhile" }))}>Answer</button>
      <output data-testid="open">{`${data?.step} ${data?.name}`}</output>
    </>
  );
}

test("what a long piece of work answers does not take the wizard back to where it was when the work began", async () => {
  fakeIpc(stored(draft({ step: "review" })));
  const { user } = renderPart(<Step />);
  await waitFor(() => expect(screen.getByTestId("open")).toHaveTextContent("review"));
  await user.click(screen.getByRole("button", { name: "Answer" }));
  await waitFor(() => expect(screen.getByTestId("open")).toHaveTextContent("review made meanwhile"));
});

test("a store that refuses is said, and what was typed stays and is stored with the next change", async () => {
  const ipc = fakeIpc({
    ...stored(draft()),
    settingsGet: () => ({ theme: "light", density: "compact", keepAwake: true, notify: true }),
    appStatus: () => {
      throw problem("internal", "No status in this test.");
    },
    draftSet: () => {
      throw problem("store_failed", "The store could not be written.");
    },
  });
  const { user } = renderPart(
    <>
      <Name />
      <Frame />
    </>,
  );
  await waitFor(() => expect(ipc.callsOf("draftGet")).toHaveLength(1));
  await user.type(screen.getByLabelText("Name"), "x");
  expect((await screen.findAllByText("The store could not be written."))[0]).toBeVisible();
  expect(screen.getByLabelText("Name")).toHaveValue("x");
  ipc.answer({ draftSet: (change) => draft({ name: change.name ?? "" }) });
  await user.type(screen.getByLabelText("Name"), "y");
  await waitFor(() => expect(ipc.callsOf("draftSet").at(-1)).toEqual([{ name: "xy" }]));
});

function Way() {
  const { change } = useDeviceDraftWriter();
  const { data } = useDeviceDraft();
  return (
    <>
      <button onClick={() => change({ way: "step_functions", concurrency: 9 })}>Choose</button>
      <button onClick={() => change({ way: null })}>As proposed</button>
      <output data-testid="way">{`${data?.way ?? "proposed"} ${data?.concurrency}`}</output>
    </>
  );
}

test("the draft for core devices is kept apart, and null takes back what was said", async () => {
  let present = deviceDraft();
  const ipc = fakeIpc({
    deviceDraftGet: () => present,
    deviceDraftSet: (change) =>
      (present = {
        ...present,
        way: change.way === undefined ? present.way : change.way,
        concurrency: change.concurrency ?? present.concurrency,
      }),
  });
  const { user } = renderPart(<Way />);
  await waitFor(() => expect(screen.getByTestId("way")).toHaveTextContent("proposed null"));
  await user.click(screen.getByRole("button", { name: "Choose" }));
  await waitFor(() => expect(ipc.callsOf("deviceDraftSet")).toEqual([[{ way: "step_functions", concurrency: 9 }]]));
  await user.click(screen.getByRole("button", { name: "As proposed" }));
  expect(screen.getByTestId("way")).toHaveTextContent("proposed 9");
  await waitFor(() => expect(ipc.callsOf("deviceDraftSet").at(-1)).toEqual([{ way: null }]));
  expect(screen.getByTestId("way")).toHaveTextContent("proposed 9");
  expect(ipc.callsOf("draftSet")).toEqual([]);
});
