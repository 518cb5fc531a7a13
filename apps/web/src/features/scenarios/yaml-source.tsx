import { yamlLines } from './yaml-lines.ts'

/** The text of a scenario as it was stored, with the numbers that error messages name. */
export function YamlSource({ source }: Readonly<{ source: string }>) {
  return (
    <section className="sheet" aria-labelledby="h-source">
      <header>
        <h2 id="h-source">Source</h2>
        <span className="end">{source.trimEnd().split('\n').length} lines</span>
      </header>
      <pre className="source is-numbered" tabIndex={0} aria-label="YAML of the scenario">
        {yamlLines(source).map(({ number, parts }) => (
          <code key={number} data-line={number}>
            {parts.map(({ look, text }, index) =>
              look === 'plain' ? (
                text
              ) : (
                // Parts have no identity beyond their place in the line.
                // oxlint-disable-next-line react/no-array-index-key
                <span key={index} className={`yaml-${look}`}>
                  {text}
                </span>
              ),
            )}
            {'\n'}
          </code>
        ))}
      </pre>
    </section>
  )
}
