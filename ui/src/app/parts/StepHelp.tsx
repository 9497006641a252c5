import Box from "@cloudscape-design/components/box";
import HelpPanel from "@cloudscape-design/components/help-panel";
import type { ReactNode } from "react";

interface Props {
  title: string;
  /** What the screen does. */
  children: ReactNode;
  /** The words it uses, in the services' own sense. */
  terms: readonly (readonly [term: string, meaning: string])[];
  /** Titles of the AWS pages that say more; the app opens no web pages by itself. */
  pages: readonly string[];
}

export function StepHelp({ title, children, terms, pages }: Props) {
  return (
    <HelpPanel
      header={<h2>{title}</h2>}
      footer={
        <>
          <h3>In the AWS documentation</h3>
          <ul>
            {pages.map((page) => (
              <li key={page}>{page}</li>
            ))}
          </ul>
        </>
      }
    >
      {children}
      {terms.length > 0 && <h3>Terms</h3>}
      <dl>
        {terms.map(([term, meaning]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>
              <Box variant="p">{meaning}</Box>
            </dd>
          </div>
        ))}
      </dl>
    </HelpPanel>
  );
}
