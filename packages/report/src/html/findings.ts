import { SEVERITIES, type FindingState, type Severity } from '@firedrill/core'
import type { FindingReport, ReportModel } from '../model/model.ts'
import { dateText } from '../text/instant-text.ts'
import { capital, countText } from '../text/list-text.ts'
import { toneIcon } from './icons.ts'
import { html, when, type Markup } from './markup.ts'

const STATE_WORDS: Readonly<Record<FindingState, string>> = {
  open: 'open',
  done: 'done',
  accepted: 'accepted as it is',
}

/** What the run showed to be missing: owner, date, state. The worst that is open comes first. */
export function findings({ findings: all }: ReportModel): Markup {
  const open = all.filter(({ state }) => state === 'open').length
  const sorted = all.toSorted(
    (a, b) =>
      Number(a.state !== 'open') - Number(b.state !== 'open') ||
      rank(a.severity) - rank(b.severity) ||
      a.number - b.number,
  )
  return html`<section>
    <header>
      <h2>Findings</h2>
      <span class="end"
        >${all.length === 0 ? 'none was written down' : `${open} of ${countText(all.length, 'finding')} open`}</span
      >
    </header>
    ${when(
      all.length > 0,
      () =>
        html`<div class="scroll" role="region" aria-label="Findings, table" tabindex="0">
          <table>
            <thead>
              <tr>
                <th scope="col">Gap</th>
                <th scope="col">Severity</th>
                <th scope="col">Owner</th>
                <th scope="col">Due</th>
                <th scope="col">State</th>
                <th scope="col">Drilled again</th>
              </tr>
            </thead>
            <tbody>
              ${sorted.map(row)}
            </tbody>
          </table>
        </div>`,
    )}
  </section>`
}

function row({
  number,
  gap,
  severity,
  owner,
  due,
  state,
  ticket,
  retest,
  ...finding
}: FindingReport): Markup {
  return html`<tr>
    <th scope="row">
      ${number}. ${gap}${when(ticket !== null, () => html`<span class="why">${ticket ?? ''}</span>`)}
    </th>
    <td>${capital(severity)}</td>
    <td>${owner}</td>
    <td class="nowrap">${due}</td>
    <td class="nowrap">
      ${toneIcon(state === 'open' ? 'deviated' : 'held')} ${STATE_WORDS[state]}<span class="why"
        >${dateText(finding.changedAt)}, ${finding.changedBy}</span
      >
    </td>
    <td class="nowrap">${retest ?? html`<span class="muted">not planned</span>`}</td>
  </tr>`
}

function rank(severity: Severity): number {
  return SEVERITIES.indexOf(severity)
}
