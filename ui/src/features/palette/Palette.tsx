import "./palette.css";

import Input from "@cloudscape-design/components/input";
import type { InputProps } from "@cloudscape-design/components/input";
import Modal from "@cloudscape-design/components/modal";
import { useEffect, useId, useRef, useState } from "react";
import { useNavigate } from "react-router";

import { counted } from "~/app/format";
import type { WizardStep } from "~/app/wizard";
import { problemOf } from "~/ipc";

import type { Entry } from "./entries";
import { usePalette } from "./usePalette";

interface PaletteProps {
  steps: readonly WizardStep[];
  onDismiss: () => void;
  onKeys: () => void;
}

function Told({ hits, searching, error }: { hits: number; searching: string | null; error: Error | null }) {
  if (error) return <>{problemOf(error).message}</>;
  if (searching !== null) return <>Searching the {searching}</>;
  return <>{hits === 0 ? "Nothing matches" : counted(hits, "match", "matches")}</>;
}

/** Finds steps, runs, targets and actions by a few letters; the keyboard alone is enough (WAI-ARIA, "Combobox pattern"). */
export function Palette({ steps, onDismiss, onKeys }: PaletteProps) {
  const navigate = useNavigate();
  const name = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const input = useRef<InputProps.Ref>(null);
  const { sections, searching, error, chosen } = usePalette(text, steps, onKeys);
  const entries = sections.flatMap((section) => section.entries);
  const active = Math.min(at, entries.length - 1);
  const idOf = (index: number) => `${name}-${index}`;

  // The dialog gives the keyboard to its first button as it opens; after that it belongs to the field.
  useEffect(() => {
    const frame = requestAnimationFrame(() => input.current?.focus());
    return () => cancelAnimationFrame(frame);
  }, []);
  useEffect(() => {
    document.getElementById(`${name}-${active}`)?.scrollIntoView({ block: "nearest" });
  }, [name, active]);

  const choose = (entry: Entry | undefined) => {
    if (entry === undefined) return;
    chosen(entry);
    onDismiss();
    if (entry.to !== undefined) void navigate(entry.to);
    entry.act?.();
  };
  const onKey = (key: string): boolean => {
    const last = entries.length - 1;
    if (key === "ArrowDown") setAt(active >= last ? 0 : active + 1);
    else if (key === "ArrowUp") setAt(active <= 0 ? last : active - 1);
    else if (key === "Enter") choose(entries[active]);
    else return false;
    return true;
  };

  return (
    <Modal visible header="Find" closeAriaLabel="Close" onDismiss={onDismiss} data-testid="palette">
      <Input
        ref={input}
        value={text}
        type="search"
        placeholder="A step, run, group, device or action"
        ariaLabel="Find a step, run, group, device or action"
        onChange={({ detail }) => {
          setText(detail.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (onKey(event.detail.key)) event.preventDefault();
        }}
        nativeInputAttributes={{
          role: "combobox",
          "aria-expanded": true,
          "aria-autocomplete": "list",
          "aria-controls": `${name}-list`,
          "aria-activedescendant": active >= 0 ? idOf(active) : undefined,
          "data-testid": "palette-text",
        }}
      />
      <div className="palette-told" role="status">
        <Told hits={entries.length} searching={searching} error={error} />
      </div>
      <div id={`${name}-list`} role="listbox" aria-label="What was found" className="palette-list" tabIndex={-1}>
        {sections.map(({ kind, entries: within }) => (
          <div key={kind} role="group" aria-label={kind}>
            <div className="palette-kind" aria-hidden="true">
              {kind}
            </div>
            {within.map((entry) => {
              const index = entries.indexOf(entry);
              return (
                <div
                  key={entry.id}
                  id={idOf(index)}
                  role="option"
                  aria-selected={index === active}
                  className="palette-entry"
                  onMouseMove={() => setAt(index)}
                  onClick={() => choose(entry)}
                >
                  <span className="palette-label">{entry.label}</span>
                  <span className="palette-detail">{entry.detail}</span>
                </div>
              );
            })}
          </div>
        ))}
      </div>
    </Modal>
  );
}
