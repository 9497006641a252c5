import Alert from "@cloudscape-design/components/alert";
import Button from "@cloudscape-design/components/button";
import SpaceBetween from "@cloudscape-design/components/space-between";
import { useEffect, useRef } from "react";

import { counted } from "~/app/format";
import type { Layer, Published } from "~/ipc";

import { meantBy } from "./layers";
import { whomFor } from "./words";

interface Props {
  published: Published;
  layers: readonly Layer[];
  onAdd: (index: number) => void;
  onNext: () => void;
}

/** A version that can be deployed: put into a part, or the next recipe. */
export function PublishDone({ published, layers, onAdd, onNext }: Props) {
  const { name, version, wasThere, uploaded, findings } = published;
  const last = layers[0]?.intent?.components?.[name];
  const added = last?.change === "set" && last.version === version;
  // Who published from below the findings sees it as well.
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.scrollIntoView({ block: "nearest" }), []);
  return (
    <div ref={place}>
      <Alert type="success" header={`${name} ${version} can be deployed`} data-testid="publish-done">
        <SpaceBetween size="s">
          <div>
            {wasThere
              ? "The version was there already, the same in all."
              : `${uploaded.length === 0 ? "No artifact had to be uploaded" : `${counted(uploaded.length, "artifact")} uploaded and compared`}, the version made.`}
            {findings.length > 0 && ` ${counted(findings.length, "warning or note stands", "warnings and notes stand")} below.`}
          </div>
          <SpaceBetween direction="horizontal" size="xs">
            {layers.map((layer, index) => (
              // Parts have no name of their own; they are told apart by their place.
              <Button
                key={index}
                variant={index === 0 && !added ? "primary" : "normal"}
                disabled={index === 0 && added}
                onClick={() => onAdd(index)}
                data-testid={`publish-add-${index + 1}`}
              >
                {index === 0 && added ? `Added: ${whomFor(meantBy(layer))}` : `Deploy it: ${whomFor(meantBy(layer))}`}
              </Button>
            ))}
            <Button onClick={onNext} data-testid="publish-next">
              Publish another
            </Button>
          </SpaceBetween>
        </SpaceBetween>
      </Alert>
    </div>
  );
}
