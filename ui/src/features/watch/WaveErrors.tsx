import Box from "@cloudscape-design/components/box";
import Button from "@cloudscape-design/components/button";
import { useMutation } from "@tanstack/react-query";
import { useNavigate } from "react-router";

import { useFlash } from "~/app/flash";
import { count } from "~/app/format";
import { targetOn } from "~/app/target/targetOn";
import { useRunWords } from "~/app/RunWords";
import type { RunSnapshot, Wave } from "~/ipc";

import { lineIn } from "./lineIn";

/** What AWS says of a bulk deployment as a whole; where it names a line of the input file, the way to it. */
export function WaveErrors({ snapshot, wave }: { snapshot: RunSnapshot; wave: Wave }) {
  const navigate = useNavigate();
  const words = useRunWords();
  const { problem, success } = useFlash();
  const find = useMutation({
    mutationFn: (line: number) => targetOn(snapshot, wave, line),
    onSuccess: (target, line) => {
      if (target === null) success(`Line ${count(line)} belongs to no ${words.one} of this run.`);
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
