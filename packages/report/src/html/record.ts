import { POINTS } from '@firedrill/core'
import type { ReportModel } from '../model/model.ts'
import { POINT_WORDS } from '../model/vocabulary.ts'
import { clockText, sizeText, spanText } from '../text/instant-text.ts'
import { countText } from '../text/list-text.ts'
import { icon } from './icons.ts'
import { html, NOTHING, when, type Markup } from './markup.ts'

/** What pins the run: definitions, journal, evidence, kits. */
export function record(model: ReportModel): Markup {
  const { run, scenario, environment, journal, evidence, kits, plan } = model
  return html`${points(model)}
    <section>
      <header><h2>Record</h2></header>
      <dl class="kv">
        <dt>Run</dt>
        <dd><code>${run.id}</code></dd>
        <dt>Drill</dt>
        <dd><code>${run.drillId}</code></dd>
        <dt>Status</dt>
        <dd>${run.status}</dd>
        ${definition('Scenario', scenario)}${definition('Environment', environment)}
        ${when(
          plan !== undefined,
          () =>
            html`<dt>Plan</dt>
              <dd><code class="hash">${plan}</code></dd>`,
        )}
      </dl>
    </section>
    <section>
      <header><h2>Journal</h2></header>
      <dl class="kv">
        <dt>Events</dt>
        <dd>${journal.events}</dd>
        <dt>Hash chain</dt>
        <dd class="${journal.chain === 'unbroken' ? 'held' : 'deviated'}">
          ${icon(journal.chain === 'unbroken' ? 'held' : 'deviated')}
          ${journal.chain}${when(journal.problem !== undefined, () => html`: ${journal.problem}`)}
        </dd>
        <dt>Head</dt>
        <dd><code class="hash">${journal.head}</code></dd>
      </dl>
    </section>
    <section>
      <header><h2>Evidence</h2></header>
      ${
        evidence.length === 0
          ? html`<p class="small muted">None was kept.</p>`
          : html`<dl class="kv">
              ${evidence.map(
                ({ kind, hash, size }) =>
                  html`<dt>${kind}</dt>
                    <dd>${sizeText(size)}<code class="hash">${hash}</code></dd>`,
              )}
            </dl>`
      }
    </section>
    ${when(
      kits.length > 0,
      () =>
        html`<section>
          <header><h2>Recovery kits</h2></header>
          <dl class="kv">
            ${kits.map(
              ({ step, hash, status, keptBy }) =>
                html`<dt>${step}</dt>
                  <dd>
                    ${status}${when(keptBy !== undefined, () => html`, kept by ${keptBy}`)}<code class="hash"
                      >${hash}</code
                    >
                  </dd>`,
            )}
          </dl>
        </section>`,
    )}`
}

function definition(
  word: string,
  { name, version, hash }: Readonly<{ name: string; version?: number; hash: string }>,
): Markup {
  return html`<dt>${word}</dt>
    <dd>${name}${version === undefined ? '' : `, version ${version}`}<code class="hash">${hash}</code></dd>`
}

function points(model: ReportModel): Markup {
  const seen = POINTS.flatMap((name) => {
    const point = model.points[name]
    return point === undefined ? [] : [{ name, point }]
  })
  if (seen.length === 0) return NOTHING
  return html`<section>
    <header><h2>Points in time</h2></header>
    <dl class="kv">
      ${seen.map(
        ({ name, point }) =>
          html`<dt>${POINT_WORDS[name]}</dt>
            <dd>${spanText(point)}<span class="hash">${point.source}; clock: ${point.clock}</span></dd>`,
      )}
    </dl>
  </section>`
}

/** What people wrote down during the run. */
export function notes({ notes: entries }: ReportModel): Markup {
  if (entries.length === 0) return NOTHING
  return html`<section>
    <header>
      <h2>Notes</h2>
      <span class="end">${countText(entries.length, 'note')}</span>
    </header>
    <table class="time">
      <tbody>
        ${entries.map(
          ({ worldAt, by, text }) =>
            html`<tr>
              <td class="t">${clockText(worldAt)}</td>
              <td class="w">${text}</td>
              <td class="muted nowrap">${by}</td>
            </tr>`,
        )}
      </tbody>
    </table>
  </section>`
}
