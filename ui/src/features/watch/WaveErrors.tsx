import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { useFlash } from "~/app/flash";
import { count } from "~/app/format";
import { type RunSnapshot, type Wave, ipc } from "~/ipc";

import { lineIn } from "./lineIn";

/** Rows that one page may have. */
const MOST = 500;

/**
 * The target on a line of a wave's input file. Waves lie one after the other in the plan; groups that were left out of a
 * wave have no line and are looked past.
 */
async function targetOn({ row, waves }: RunSnapshot, wave: Wave, line: number): Promise<string | null> {
  const begin = waves.filter(({ number }) => number < wave.number).reduce((sum, { targets }) => sum + targets, 0);
  const end = begin + wave.targets;
  for (let offset = begin + line - 1; offset < end; offset += MOST) {
    const asked = { state: null, cause: null, text: "", offset, limit: Math.min(MOST, end - offset) };
    const found = (await ipc.runTargets(row.id, asked)).rows.find((target) => target.line === line);
    if (found !== undefined) return found.target;
  }
  return null;
}

/** What AWS says of a bulk deployment as a whole; where it names a line of the input file, the way to it. */
export function WaveErrors({ snapshot, wave }: { snapshot: RunSnapshot; wave: Wave }) {
  const navigate = useNavigate();
  const { problem, success } = useFlash();
  const find = useMutation({
    mutationFn: (line: number) => targetOn(snapshot, wave, line),
    onSuccess: (target, line) => {
      if (target === null) success(`Line ${count(line)} belongs to no group of this run.`);
      else void navigate(`/runs/${encodeURIComponent(snapshot.row.id)}?target=${encodeURIComponent(target)}`);
    },
    onError: (error) => problem(error),
  });
  return wave.errors.map((error) => {
    const line = snapshot.row.foreign ? null : lineIn(error);
    return (
      <Box key={error} fontSize="body-s" color="text-status-error">
        <span className="wrap">{error}</span>{" "}
        {line !== null && (
          <Button
            variant="inline-link"
            loading={find.isPending && find.variables === line}
            onClick={() => find.mutate(line)}
            data-testid={`wave-line-${line}`}
          >
            Show line {count(line)}
          </Button>
        )}
      </Box>
    );
  });
}
