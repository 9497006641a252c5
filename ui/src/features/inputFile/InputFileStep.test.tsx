import { screen, waitFor, within } from "@testing-library/react";
import { expect, test } from "vitest";

import type { Draft } from "~/ipc";
import { seriousFindings } from "~/testing/axe";
import { fakeIpc } from "~/testing/fakeIpc";
import type { Answers } from "~/testing/fakeIpc";
import { appStatus, draft, draftFile, job, problem, summary } from "~/testing/fixtures";
import { renderPart } from "~/testing/render";

import { InputFileStep } from "./InputFileStep";
import { inputFileStep } from "./step";

const upload = {
  bucket: "plant-rollouts",
  key: "overseed/7f3c0a52/wave-001.jsonl",
  bytes: 70_716,
  sha256: "91ac",
  checkedAt: Date.now(),
};

function shell(present: Draft, more: Answers = {}) {
  return fakeIpc({
    appStatus: () => appStatus(),
    draftGet: () => present,
    draftSet: (change) => ({ ...present, ...Object.fromEntries(Object.entries(change).filter(([, value]) => value !== null)) }),
    bucketsList: () => [{ name: "plant-rollouts", region: "eu-west-1" }],
    bucketCheck: (name) => ({ name, region: "eu-west-1", encryption: "SSE-S3", problems: [] }),
    jobWatch: () => 1,
    watchEnd: () => null,
    jobCancel: () => null,
    ...more,
  });
}

test("the file is made from the selection and shown against the limits", async () => {
  const made = draft({ step: "file", selected: 498, file: draftFile() });
  const ipc = shell(draft({ selected: 498 }));
  ipc.answer({
    fileMake: () => {
      ipc.answer({ draftGet: () => made });
      return made;
    },
  });
  const { user, container } = renderPart(<InputFileStep />);
  expect(await screen.findByText(/498 groups selected/)).toBeVisible();
  await user.click(screen.getByTestId("file-make"));
  const sums = await screen.findByTestId("file-summary");
  expect(sums).toHaveTextContent("498");
  expect(sums).toHaveTextContent("70.7 kB, under 100 MB");
  expect(sums).toHaveTextContent("142 of 255 characters");
  expect(sums).toHaveTextContent("Every line is fine");
  expect(screen.getByText(summary().sha256)).toBeVisible();
  expect(screen.getByText(/"DeploymentType":"NewDeployment"/)).toBeVisible();
  expect(await seriousFindings(container)).toEqual([]);
});

test("every finding is shown by line, with the service's words where it would refuse", async () => {
  const bad = draftFile({ opened: "october.jsonl", summary: summary({ findings: 12, refusals: 1, longestLine: 301 }) });
  const ipc = shell(draft({ file: bad }), {
    fileFindings: (offset, limit) => ({
      total: 12,
      rows: Array.from({ length: Math.min(limit, 12 - offset) }, (_, index) => ({
        line: offset + index + 1,
        code: "line_too_long" as const,
        message: `Finding ${offset + index + 1}`,
        serviceMessage: offset + index === 0 ? "Line number 1 has a line that is too long." : null,
      })),
    }),
  });
  const { user } = renderPart(<InputFileStep />);
  const table = await screen.findByTestId("file-findings");
  expect(await within(table).findByText("Finding 10")).toBeVisible();
  expect(within(table).getByText("Line number 1 has a line that is too long.")).toBeVisible();
  expect(screen.getByText("Opened from disk: october.jsonl")).toBeVisible();
  await user.click(within(table).getByRole("button", { name: "Next page" }));
  expect(await within(table).findByText("Finding 12")).toBeVisible();
  expect(ipc.callsOf("fileFindings")).toEqual([
    [0, 10],
    [10, 10],
  ]);
});

test("a file that cannot be made says why and changes nothing", async () => {
  shell(draft({ selected: 3 }), {
    fileMake: () => {
      throw problem("file_invalid", "3 selected groups have no version that can be used.", { hint: "Go back to Versions." });
    },
  });
  const { user } = renderPart(<InputFileStep />);
  await user.click(await screen.findByTestId("file-make"));
  const alert = await screen.findByTestId("file-problem");
  expect(alert).toHaveTextContent("3 selected groups have no version that can be used.");
  expect(alert).toHaveTextContent("Go back to Versions.");
  expect(screen.queryByTestId("file-summary")).toBeNull();
});

test("a dismissed file dialog changes nothing; an opened file is shown", async () => {
  const ipc = shell(draft(), { fileOpen: () => null });
  const { user } = renderPart(<InputFileStep />);
  await user.click(await screen.findByTestId("file-open"));
  await waitFor(() => expect(ipc.callsOf("fileOpen")).toHaveLength(1));
  expect(screen.queryByTestId("file-summary")).toBeNull();
  const opened = draft({ file: draftFile({ opened: "mine.jsonl" }) });
  ipc.answer({ fileOpen: () => opened, draftGet: () => opened });
  await user.click(screen.getByTestId("file-open"));
  expect(await screen.findByText("Opened from disk: mine.jsonl")).toBeVisible();
});

test("a bucket is stored as it is typed, and checked when the typing pauses", async () => {
  const ipc = shell(draft({ file: draftFile() }));
  const { user } = renderPart(<InputFileStep />);
  await user.type(await screen.findByRole("combobox", { name: "Bucket" }), "plant-rollouts");
  expect(await screen.findByTestId("file-bucket-suits")).toHaveTextContent("in eu-west-1, encryption SSE-S3");
  await waitFor(() => expect(ipc.callsOf("draftSet").at(-1)).toEqual([{ bucket: "plant-rollouts" }]));
  // Not a call for each letter.
  expect(ipc.callsOf("bucketCheck")).toEqual([["plant-rollouts"]]);
});

test("a bucket that does not suit is named with its remedy", async () => {
  shell(draft({ bucket: "plant-kms", file: draftFile() }), {
    bucketCheck: (name) => ({
      name,
      region: "eu-west-1",
      encryption: "SSE-KMS",
      problems: [problem("bucket_kms", "The bucket encrypts with a KMS key.", { hint: "Choose a bucket with SSE-S3." })],
    }),
  });
  renderPart(<InputFileStep />);
  const found = await screen.findByTestId("file-bucket-problem");
  expect(found).toHaveTextContent("The bucket encrypts with a KMS key.");
  expect(found).toHaveTextContent("Choose a bucket with SSE-S3.");
});

test("a bucket is created after asking", async () => {
  const ipc = shell(draft({ bucket: "new-bucket", file: draftFile() }), {
    bucketCreate: (name) => ({ name, region: "eu-west-1", encryption: "SSE-S3", problems: [] }),
  });
  const { user } = renderPart(<InputFileStep />);
  await user.click(await screen.findByTestId("file-bucket-create"));
  expect(screen.getByRole("dialog")).toHaveTextContent("all public access blocked");
  expect(ipc.callsOf("bucketCreate")).toEqual([]);
  expect(await seriousFindings(document.body)).toEqual([]);
  await user.click(screen.getByTestId("file-bucket-create-confirm"));
  await waitFor(() => expect(ipc.callsOf("bucketCreate")).toEqual([["new-bucket"]]));
  await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
});

test("an upload shows its progress, then what arrived", async () => {
  const before = draft({ bucket: "plant-rollouts", file: draftFile() });
  let arrive: (value: Draft) => void = () => undefined;
  let begins = () => undefined as void;
  const ipc = shell(before, {
    fileUpload: () => {
      begins();
      return new Promise((resolve) => (arrive = resolve));
    },
    jobWatch: (kind, channel) => {
      begins = () => channel.onmessage(job(kind, { stage: "Uploading", done: 35_000, total: 70_716 }));
      return 1;
    },
  });
  const { user } = renderPart(<InputFileStep />);
  await user.click(await screen.findByTestId("file-upload"));
  expect(await screen.findByText(/35.0 kB of 70.7 kB/)).toBeVisible();
  const after = { ...before, upload };
  ipc.answer({ draftGet: () => after });
  arrive(after);
  expect(await screen.findByTestId("file-uploaded")).toHaveTextContent("s3://plant-rollouts/overseed/7f3c0a52/wave-001.jsonl");
});

test("what did not arrive as it was sent is said, with a way to try again", async () => {
  const ipc = shell(draft({ bucket: "plant-rollouts", file: draftFile() }), {
    fileUpload: () => {
      throw problem("object_mismatch", "What arrived in the bucket is not what was sent.");
    },
  });
  const { user } = renderPart(<InputFileStep />);
  await user.click(await screen.findByTestId("file-upload"));
  const alert = await screen.findByTestId("file-upload-problem");
  await user.click(within(alert).getByRole("button", { name: "Try again" }));
  await waitFor(() => expect(ipc.callsOf("fileUpload")).toHaveLength(2));
});

test("the step lets go with a file that is taken and a bucket; the upload is asked for by the review", async () => {
  const ipc = shell(draft());
  const reason = (present: Draft) => {
    ipc.answer({ draftGet: () => present });
    return inputFileStep.unfinished?.();
  };
  expect(await reason(draft())).toBe("Make the file, or open one from disk.");
  expect(await reason(draft({ file: draftFile({ stale: true }) }))).toContain("Make it again");
  expect(await reason(draft({ file: draftFile({ summary: summary({ findings: 2, refusals: 2 }) }) }))).toContain(
    "2 findings must be mended",
  );
  expect(await reason(draft({ file: draftFile() }))).toBe("Choose a bucket for the file.");
  expect(await reason(draft({ file: draftFile(), bucket: "plant-rollouts" }))).toBeNull();
  expect(await reason(draft({ file: draftFile(), bucket: "plant-rollouts", upload }))).toBeNull();
});
