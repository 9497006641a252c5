import Box from "@cloudscape-design/components/box";
import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";
import Table from "@cloudscape-design/components/table";
import type { ReactNode } from "react";

import { short } from "~/app/figures";
import { bytes, count } from "~/app/format";
import { GROUPS, firstUpper } from "~/app/targetWords";
import type { TargetWords } from "~/app/targetWords";
import type { WaveFile } from "~/ipc";

interface WaveFilesProps {
  waves: readonly WaveFile[];
  words?: TargetWords;
  loading?: boolean;
  /** Whether the files are put into S3. */
  uploaded?: boolean;
  header?: ReactNode;
}

function Copied({ text, shown, what }: { text: string; shown?: string; what: string }) {
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      textToDisplay={<span className={shown === undefined ? "mono wrap" : "mono"}>{shown ?? text}</span>}
      copyButtonAriaLabel={`Copy ${what}`}
      copySuccessText="Copied"
      copyErrorText="Not copied"
    />
  );
}

/** One input file a wave: how many targets, which, and by what they can be recognised. */
export function WaveFiles({ waves, words = GROUPS, loading = false, uploaded = true, header }: WaveFilesProps) {
  return (
    <Table
      variant="embedded"
      data-testid="wave-files"
      header={header}
      items={waves}
      trackBy={({ number }) => String(number)}
      loading={loading}
      loadingText="Cutting the plan into waves"
      wrapLines
      enableKeyboardNavigation
      ariaLabels={{ tableLabel: "Files of the waves" }}
      empty={<Box textAlign="center">No wave has a {words.one}.</Box>}
      columnDefinitions={[
        { id: "number", header: "Wave", isRowHeader: true, cell: ({ number }) => count(number), width: 65 },
        { id: "by", header: "Takes", cell: ({ by }) => by, width: uploaded ? 170 : undefined, minWidth: 150 },
        { id: "targets", header: firstUpper(words.many), cell: ({ targets }) => count(targets), width: 90 },
        { id: "bytes", header: "Size", cell: (wave) => bytes(wave.bytes), width: 85 },
        {
          id: "sha256",
          header: "SHA-256",
          cell: (wave) => <Copied text={wave.sha256} shown={short(wave.sha256, 12)} what="the SHA-256" />,
          width: 170,
        },
        ...(uploaded
          ? [{ id: "key", header: "Key", cell: (wave: WaveFile) => <Copied text={wave.key} what="the key" />, minWidth: 160 }]
          : []),
      ]}
    />
  );
}
