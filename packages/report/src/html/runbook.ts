import type { ReportModel } from '../model/model.ts'
import type { RunbookStepReport } from '../model/runbook.ts'
import { durationText, intervalText } from '../text/duration-text.ts'
import { clockText } from '../text/instant-text.ts'
import { html, NOTHING, when, type Markup } from './markup.ts'

/** What people did by their runbook, step by step, and how much of the recovery time was theirs. */
export function runbook({ runbook: followed }: ReportModel): Markup {
  if (followed === undefined) return NOTHING
  const { name, hash, steps, people, machine } = followed
  return html`<section>
    <header>
      <h2>What people did</h2>
      <span class="end">runbook ${name} <code>${hash.slice(0, 12)}</code></span>
    </header>
    ${
      steps.length === 0
        ? html`<p class="how">Nobody said anything of any of its steps.</p>`
        : html`<div class="scroll" role="region" aria-label="Runbook, table" tabindex="0">
            <table>
              <thead>
                <tr>
                  <th scope="col">Step</th>
                  <th scope="col">Role</th>
                  <th scope="col">Begun</th>
                  <th scope="col">End</th>
                  <th scope="col" class="right">Took</th>
                  <th scope="col">Notes</th>
                </tr>
              </thead>
              <tbody>
                ${steps.map(row)}
              </tbody>
            </table>
          </div>`
    }
    ${when(
      people !== undefined,
      () =>
        html`<p class="how">
          From the ${people?.from === 'detected' ? 'first alarm' : 'first failure'} to the first step of the
          response, people held the clock for
          <b>${people === undefined ? '' : intervalText(people)}</b
          >${when(machine !== undefined, () => html`; from there to sustained recovery it took <b>${machine === undefined ? '' : intervalText(machine)}</b>`)}.
        </p>`,
    )}
  </section>`
}

function row({ title, role, started, done, skipped, notes }: RunbookStepReport): Markup {
  const end = done ?? skipped
  return html`<tr>
    <th scope="row">${title}</th>
    <td>${role}</td>
    <td class="nowrap">${started === undefined ? '' : `${clockText(started.at, 0)} ${started.by}`}</td>
    <td class="nowrap">
      ${end === undefined ? html`<span class="muted">not done</span>` : `${clockText(end.at, 0)} ${end.by}${done === undefined ? ', left out' : ''}`}
    </td>
    <td class="right nowrap">
      ${started === undefined || done === undefined ? '' : durationText(done.at - started.at, 'down', 0)}
    </td>
    <td class="soft">
      ${[...notes, ...(done?.checked === undefined ? [] : [`check passed: ${done.checked}`])].join('; ')}
    </td>
  </tr>`
}
