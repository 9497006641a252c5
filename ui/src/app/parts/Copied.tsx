import CopyToClipboard from "@cloudscape-design/components/copy-to-clipboard";

/** A text that can be copied, in short where that is enough to recognise it. */
export function Copied({ text, shown }: { text: string; shown?: string }) {
  if (text === "") return <>–</>;
  return (
    <CopyToClipboard
      variant="inline"
      textToCopy={text}
      textToDisplay={shown ?? text}
      copyButtonAriaLabel="Copy"
      copySuccessText="Copied"
      copyErrorText="Not copied"
    />
  );
}
