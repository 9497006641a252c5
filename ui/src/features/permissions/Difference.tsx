import "./permissions.css";

import Button from "@cloudscape-design/components/button";
import { useMemo, useState } from "react";

import { type Line, type Piece, compare, first, fold, inWords } from "./lines";

/** A text longer than this begins as its first lines. */
const LONG = 60;
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

interface DifferenceProps {
  before: string;
  after: string;
  label: string;
}

/** Two texts line by line; signs, not colours alone, tell what is added and removed. */
export function Difference({ before, after, label }: DifferenceProps) {
  const [whole, setWhole] = useState(false);
  const lines = useMemo(() => compare(before, after), [before, after]);
  // A fleet's policy has a thousand lines, nearly all of them new: the first ones tell what they are.
  const folded = useMemo(() => first(fold(lines), LONG), [lines]);
  const pieces: Piece[] = whole ? [{ kind: "lines", lines }] : folded;
  const hidden = lines.length > LONG || folded.some(({ kind }) => kind === "fold");
  return (
    <div>
      <div className="diff mono" role="region" aria-label={`${label}: ${inWords(lines)}`} tabIndex={0}>
        {pieces.map((piece, at) => {
          if (piece.kind === "lines") return piece.lines.map((line, row) => <Row line={line} key={`${at}:${row}`} />);
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
      {hidden && (
        <Button variant="inline-link" ariaExpanded={whole} onClick={() => setWhole(!whole)}>
          {whole ? "Show less" : `Show all ${lines.length} lines`}
        </Button>
      )}
    </div>
  );
}
