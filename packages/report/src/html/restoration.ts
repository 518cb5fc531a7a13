import { isTakenOut, markerInWords } from '@firedrill/core'
import type { ReportModel, TargetReport } from '../model/model.ts'
import { intervalText } from '../text/duration-text.ts'
import { leavesWrites, restorationText } from '../text/headline.ts'
import { spanText } from '../text/instant-text.ts'
import { icon } from './icons.ts'
import { html, NOTHING, when, type Markup } from './markup.ts'

/** Proof, target by target, that everything was put back: what was captured beside what was described afterwards. */
export function restoration(model: ReportModel): Markup {
  const { targets } = model
  if (targets.length === 0) return NOTHING
  const isTouched = targets.some(({ injection }) => injection !== 'planned')
  const [sign, title] = !model.run.isClean
    ? (['deviated', 'Not confirmed as put back'] as const)
    : leavesWrites(model.markers)
      ? (['deviated', 'Numbered writes are left'] as const)
      : isTouched
        ? (['held', 'Put back'] as const)
        : (['not-run', 'Planned targets, none of them touched'] as const)
  const head = html`<tr role="row">
    <th scope="col" role="columnheader">Target</th>
    ${HEADS.map((word) => html`<th scope="col" role="columnheader" class="right">${word}</th>`)}
    <th scope="col" role="columnheader">State</th>
  </tr>`
  return html`<section>
    <header>
      <h2><span class="${sign}">${icon(sign)}</span> ${title}</h2>
      <span class="end">${restorationText(targets, model.run.isClean, model.markers)}</span>
    </header>
    <table class="put" role="table">
      <thead role="rowgroup">
        ${head}
      </thead>
      <tbody role="rowgroup">
        ${targets.map(rows)}
      </tbody>
    </table>
    ${when(model.markers !== undefined, () => markers(model.markers ?? []))}
  </section>`
}

/** The writes that measured data loss are a change of ours too: each with what became of it. */
function markers(list: NonNullable<ReportModel['markers']>): Markup {
  return html`<ul class="how">
    ${list.map((marker) => {
      const sign = isTakenOut(marker) ? 'held' : 'deviated'
      return html`<li>
        <span class="${sign}">${icon(sign)}</span> Numbered writes of ${markerInWords(marker)}
      </li>`
    })}
  </ul>`
}

const HEADS = ['Injected', 'Put back', 'Removal took'] as const

function rows(target: TargetReport): Markup {
  const { label, fault, zone, region, injected, restored, removal, injection } = target
  const cells = [
    injected === undefined ? undefined : spanText(injected),
    restored === undefined ? undefined : spanText(restored),
    removal === undefined ? undefined : intervalText(removal),
  ]
  return html`<tr role="row">
      <th scope="row" role="rowheader">${label}<span class="why">${fault}, ${zone ?? region}</span></th>
      ${HEADS.map((word, index) => html`<td role="cell" class="right nowrap"><span class="lab">${word} </span>${cells[index] ?? html`<span class="muted">not observed</span>`}</td>`)}
      <td role="cell" class="nowrap">${state(injection)}</td>
    </tr>
    ${when(target.captured !== undefined || target.described !== '', () => comparison(target))}`
}

function state(injection: TargetReport['injection']): Markup {
  switch (injection) {
    case 'restored':
    case 'replaced':
    case 'spent':
      return html`<span class="held">${icon('held')} ${injection}</span>`
    case 'planned':
    case 'failed-to-inject':
      return html`<span class="muted">${icon('not-run')} ${injection}</span>`
    case 'requested':
    case 'injected':
    case 'recovering':
    case 'unknown':
    case 'left':
      return html`<span class="deviated">${icon('deviated')} ${injection}</span>`
  }
}

function comparison({ captured, described, decision, foreign }: TargetReport): Markup {
  const before =
    captured === undefined
      ? NOTHING
      : html`<dt>captured</dt>
          <dd><code>${captured}</code></dd>`
  return html`<tr role="row" class="same">
    <td role="cell" colspan="5">
      <dl>
        ${before}
        <dt>described</dt>
        <dd>${described === '' ? 'nothing yet' : described}</dd>
        ${when(
          foreign !== undefined,
          () =>
            html`<dt>changed by somebody else</dt>
              <dd>
                <code>${foreign?.now ?? ''}</code>; the fault leaves <code>${foreign?.ours ?? ''}</code>
              </dd>`,
        )}
        ${when(
          decision !== undefined,
          () =>
            html`<dt>decided</dt>
              <dd>${decision ?? ''}</dd>`,
        )}
      </dl>
    </td>
  </tr>`
}
