import Button from "@cloudscape-design/components/button";
import { useState } from "react";

/** Longer than this, a message would push the rest of its row out of sight. */
const LONG = 150;

interface WordsProps {
  children: string;
  /** Fixed-width type: the service's own words. */
  mono?: boolean;
  /** Characters that are shown at once. */
  upTo?: number;
}

/** Somebody else's words, as they came: wrapped anywhere, cut when long, whole on demand. */
export function Words({ children, mono = false, upTo = LONG }: WordsProps) {
  const [whole, setWhole] = useState(false);
  const long = children.length > upTo;
  return (
    <div className={mono ? "wrap mono" : "wrap"}>
      {long && !whole ? `${children.slice(0, upTo).trimEnd()}…` : children}
      {long && (
        <>
          {" "}
          <Button variant="inline-link" ariaExpanded={whole} onClick={() => setWhole(!whole)}>
            {whole ? "Less" : "Whole text"}
          </Button>
        </>
      )}
    </div>
  );
}
