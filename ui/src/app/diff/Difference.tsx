import "./diff.css";

import Button from "@cloudscape-design/components/button";
import { useMemo, useState } from "react";

import { type Line, type Pair, type Piece, compare, first, fold, inWords, pairs } from "./lines";

/** A text longer than this begins as its first lines. */
const LONG = 24;
const SIGNS = { same: " ", added: "+", removed: "−" } as const;
const TAGS = { same: "span", added: "ins", removed: "del" } as const;

function Row({ line }: { line: Line }) {
  const Text = TAGS[line.kind];
  return (
    <div className={`diff-line diff-${line.kind}`}>
      <span aria-hidden="true" className="diff-sign">
        {SIGNS[line.kind]}
      </span>
      <Text>{line.text === "" ? " " : line.text}</Text>
    </div>
  );
}

/** Beside each other where there is room, otherwise below each other: unchanged lines are then shown once. */
function SideBySide({ pair: { now, proposed } }: { pair: Pair }) {
  const twin = now !== null && now === proposed;
  return (
    <div className="diff-pair">
      {now === null ? <div className="diff-none" /> : <Row line={now} />}
      {proposed === null ? (
        <div className="diff-none" />
      ) : (
        <div className={twin ? "diff-twin" : undefined} aria-hidden={twin}>
          <Row line={proposed} />
        </div>
      )}
    </div>
  );
}

function Lines({ lines, two }: { lines: readonly Line[]; two: boolean }) {
  if (two) return pairs(lines).map((pair, row) => <SideBySide pair={pair} key={row} />);
  return lines.map((line, row) => <Row line={line} key={row} />);
}

interface DifferenceProps {
  before: string;
  after: string;
  label: string;
  /** What stands above the two sides. */
  heads?: readonly [before: string, after: string];
}

/** Two texts line by line; signs, not colours alone, tell what is added and removed. */
export function Difference({ before, after, label, heads = ["Now", "Proposed"] }: DifferenceProps) {
  const [whole, setWhole] = useState(false);
  const lines = useMemo(() => compare(before, after), [before, after]);
  // A fleet's policy has a thousand lines, nearly all of them new: the first ones tell what they are.
  const folded = useMemo(() => first(fold(lines), LONG), [lines]);
  const two = before !== "" && after !== "";
  const pieces: Piece[] = whole ? [{ kind: "lines", lines }] : folded;
  const shown = folded.reduce((sum, piece) => sum + (piece.kind === "lines" ? piece.lines.length : 0), 0);
  return (
    <div>
      <div
        className={`diff mono${two ? " diff-two" : ""}`}
        role="region"
        aria-label={`${label}: ${inWords(lines)}`}
        tabIndex={0}
      >
        {two && (
          <div className="diff-pair diff-heads" aria-hidden="true">
            <div>{heads[0]}</div>
            <div>{heads[1]}</div>
          </div>
        )}
        {pieces.map((piece, at) => {
          if (piece.kind === "lines") return <Lines lines={piece.lines} two={two} key={at} />;
          return (
            <div className="diff-line diff-fold" key={at}>
              <span aria-hidden="true" className="diff-sign">
                ⋯
              </span>
              {piece.lines.length} unchanged lines
            </div>
          );
        })}
      </div>
      {shown < lines.length && (
        <Button variant="inline-link" ariaExpanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? "Show less" : `Show all ${lines.length} lines`}
        </Button>
      )}
    </div>
  );
}
