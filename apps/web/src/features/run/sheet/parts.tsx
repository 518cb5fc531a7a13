import { formatInterval, type Measurement, type RunDetail } from '@firedrill/contracts'
import { PART_WORDS, type PartName } from '../../../vocabulary/measured.ts'

/** Where a recovery time went. What was not observed says so. */
export function Parts({
  measurement,
  response,
}: Readonly<{ measurement: Measurement; response: RunDetail['response'] }>) {
  return (
    <section className="sheet" aria-labelledby="h-parts">
      <header>
        <h2 id="h-parts">Where the time went</h2>
        <span className="end">parts may overlap: an alarm can come after an automatic response</span>
      </header>
      <table className="tbl">
        <caption className="sr">Parts of the recovery time</caption>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col">Who holds the clock</th>
            <th scope="col">From, to</th>
            <th scope="col" className="right">
              Observed
            </th>
          </tr>
        </thead>
        <tbody>
          {(Object.keys(PART_WORDS) as PartName[]).map((name) => {
            const part = measurement.parts[name]
            const { word, who, between, look } = PART_WORDS[name]
            // Without an evacuation there is no way back that could have been observed.
            if (name === 'fail-back' && part === undefined) return null
            return (
              <tr key={name}>
                <th scope="row">
                  <span className={`key is-${look}`} />
                  {word}
                </th>
                <td className="muted">{name === 'act' && response === 'runbook' ? 'people' : who}</td>
                <td className="soft">{between}</td>
                <td className="right">
                  {part === undefined ? <span className="muted">not observed</span> : formatInterval(part)}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
    </section>
  )
}
