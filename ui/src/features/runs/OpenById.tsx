import Button from "@cloudscape-design/components/button";
import Input from "@cloudscape-design/components/input";
import { useState } from "react";

/** Opens a bulk deployment whose id somebody sent: its id, or its ARN, which ends in it. */
export function OpenById({ busy, onOpen }: { busy: boolean; onOpen: (id: string) => void }) {
  const [text, setText] = useState("");
  const id = text.trim().split("/").pop() ?? "";
  const open = () => {
    if (id !== "" && !busy) onOpen(id);
  };
  return (
    <div className="open-by-id">
      <Input
        value={text}
        onChange={({ detail }) => setText(detail.value)}
        onKeyDown={({ detail }) => {
          if (detail.key === "Enter") open();
        }}
        placeholder="Id or ARN of a bulk deployment"
        ariaLabel="Id or ARN of a bulk deployment"
        data-testid="bulk-id"
      />
      <Button onClick={open} disabled={id === ""} loading={busy} data-testid="bulk-open">
        Open by id
      </Button>
    </div>
  );
}
