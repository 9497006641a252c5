import { render, screen } from "@testing-library/react";
import { expect, test } from "vitest";

import { DiffView } from "./DiffView";

const SAME = { changes: [], kept: ["com.plant.LineTelemetry"] };

test("the same document once more does not claim that the device has it", () => {
  const { rerender } = render(<DiffView diff={SAME} />);
  expect(screen.getByText("Nothing changes in what this device has.")).toBeInTheDocument();
  rerender(<DiffView diff={SAME} again />);
  expect(screen.queryByText("Nothing changes in what this device has.")).not.toBeInTheDocument();
  expect(screen.getByText(/which did not come about/)).toBeInTheDocument();
});
