import type { ReportModel } from '../model/model.ts'
import { intervalText } from '../text/duration-text.ts'
import { clockText } from '../text/instant-text.ts'
import { countText } from '../text/list-text.ts'
import { toneIcon } from './icons.ts'
import { html, NOTHING, when, type Markup } from './markup.ts'

/** Most lines the page shows of a journal; the JSON beside it has all. */
const TIMELINE_MAX = 400

/** What was tested, in the words of the scenario. */
export function background({ scenario, environment, plannedTargets }: ReportModel): Markup {
  const regions = Object.entries(environment.regions).map(([name, code]) => `${name} ${code}`)
  return html`<section>
    <header><h2>What was tested</h2></header>
    <dl class="facts">
      <dt>Hypothesis</dt>
      <dd>${scenario.hypothesis}</dd>
      ${when(
        scenario.description !== '',
        () =>
          html`<dt>What happens</dt>
            <dd>${scenario.description}</dd>`,
      )}
      <dt>Steps</dt>
      <dd>
        <ul>
          ${scenario.steps.map((step) => html`<li>${step}</li>`)}
        </ul>
      </dd>
      <dt>Response</dt>
      <dd>${responseText(scenario.response)}</dd>
      <dt>Blast radius</dt>
      <dd>
        ${countText(plannedTargets, 'target')} planned; the scenario allows
        ${scenario.blastRadius.targetsMax}, and ${scenario.blastRadius.percentMax} % of what it chooses from
      </dd>
      <dt>Watched by</dt>
      <dd>
        <ul>
          ${scenario.probes.map((probe) => html`<li>${probe}</li>`)}
        </ul>
      </dd>
      <dt>Where</dt>
      <dd>${environment.title}: account ${environment.account}, ${regions.join(', ')}</dd>
    </dl>
  </section>`
}

function responseText(response: string): string {
  switch (response) {
    case 'automatic':
      return 'automatic: the system recovers by itself; our own undo does not count as a recovery'
    case 'runbook':
      return 'runbook: people recover the system; our own undo does not count as a recovery'
    case 'restore':
      return 'restore: putting it back is the response, so the clock runs through the undo'
    default:
      return response
  }
}

/** The same figures by other sources, and the samples behind them. */
export function sources({ crossChecks, samples }: ReportModel): Markup {
  if (crossChecks.length === 0 && samples.length === 0) return NOTHING
  const checks = html`<div class="scroll" role="region" aria-label="Other sources, table" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Source</th>
          <th scope="col" class="right">Recovery time</th>
          <th scope="col">Agrees</th>
          <th scope="col">Note</th>
        </tr>
      </thead>
      <tbody>
        ${crossChecks.map(
          ({ source, observed, agrees, note }) =>
            html`<tr>
              <th scope="row">${source}</th>
              <td class="right nowrap">
                ${observed === undefined ? 'not observed' : intervalText(observed)}
              </td>
              <td class="nowrap">${agreement(agrees)}</td>
              <td class="soft">${note}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
  const counts = html`<div class="scroll" role="region" aria-label="Samples, table" tabindex="0">
    <table>
      <thead>
        <tr>
          <th scope="col">Probe</th>
          <th scope="col">Vantage</th>
          <th scope="col" class="right">Good</th>
          <th scope="col" class="right">Bad</th>
          <th scope="col" class="right">Unusable</th>
        </tr>
      </thead>
      <tbody>
        ${samples.map(
          ({ probe, vantage, good, bad, unusable }) =>
            html`<tr>
              <th scope="row">${probe}</th>
              <td>${vantage}</td>
              <td class="right">${good}</td>
              <td class="right">${bad}</td>
              <td class="right">${unusable}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`
  return html`${when(
    crossChecks.length > 0,
    () =>
      html`<section>
        <header><h2>The same by other sources</h2></header>
        ${checks}
      </section>`,
  )}
  ${when(
    samples.length > 0,
    () =>
      html`<section>
        <header>
          <h2>Samples behind the figures</h2>
          <span class="end">unusable: the probe itself was late, so it says nothing about the service</span>
        </header>
        ${counts}
      </section>`,
  )}`
}

function agreement(agrees: boolean | null): Markup {
  if (agrees === null) return html`<span class="muted">cannot be compared</span>`
  return agrees
    ? html`<span class="held">${toneIcon('held')} agrees</span>`
    : html`<span class="deviated">${toneIcon('deviated')} differs</span>`
}

/** The journal in words. */
export function timeline({ timeline: entries, run }: ReportModel): Markup {
  const shown = entries.slice(0, TIMELINE_MAX)
  const left = entries.length - shown.length
  return html`<section>
    <header>
      <h2>Timeline</h2>
      <span class="end">world time, UTC${pace(run.rate)}</span>
    </header>
    <div class="scroll" role="region" aria-label="Timeline, table" tabindex="0">
      <table class="time">
        <thead>
          <tr>
            <th scope="col">Time</th>
            <th scope="col">What happened</th>
            <th scope="col" class="who">Who</th>
          </tr>
        </thead>
        <tbody>
          ${shown.map(
            ({ worldAt, tone, text, times, actor }) =>
              html`<tr>
                <td class="t">${clockText(worldAt)}</td>
                <td class="w">
                  ${toneIcon(tone)}
                  ${text}${when(times > 1, () => html` <span class="muted">seen ${times} times</span>`)}
                </td>
                <td class="who muted nowrap">${actor}</td>
              </tr>`,
          )}
        </tbody>
      </table>
    </div>
    ${when(left > 0, () => html`<p class="how">${countText(left, 'more entry')} in the report’s JSON.</p>`)}
  </section>`
}

/** How world time went, where it did not go as on the wall. */
function pace(rate: number): string {
  if (rate === 1) return ''
  return rate === 0
    ? '; the world was simulated and jumped whenever nothing was left to do'
    : `; the world ran ${rate} times as fast as the clock on the wall`
}
