import "./components.css";

/** A recipe as text, its lines numbered as findings name them. */
export function RecipeLines({ text, label = "Recipe" }: { text: string; label?: string }) {
  return (
    <div className="recipe-text">
      <pre className="lines" tabIndex={0} aria-label={label}>
        {text
          .trimEnd()
          .split("\n")
          .map((line, index) => (
            // Lines are shown in place and never move.
            <code key={index} data-line={index + 1}>
              {line}
              {"\n"}
            </code>
          ))}
      </pre>
    </div>
  );
}
