import Link from "@cloudscape-design/components/link";

import { useHelp } from "~/app/help";

/** Opens the help panel. */
export function InfoLink({ about }: { about: string }) {
  const { setOpen } = useHelp();
  return (
    <Link variant="info" ariaLabel={`Info about ${about}`} onFollow={() => setOpen(true)}>
      Info
    </Link>
  );
}
