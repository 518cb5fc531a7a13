import type { SignOff } from '@firedrill/core'
import type { SignOffLine, SignOffSheet } from '../model/sign-off.ts'
import { clockText, dateText } from '../text/instant-text.ts'
import { capital } from '../text/list-text.ts'
import { toneIcon } from './icons.ts'
import { html, when, type Markup } from './markup.ts'

/** Who prepared, reviewed and accepted this report. Not part of the data whose hash they signed. */
export function signOff({ lines, void: gone }: SignOffSheet): Markup {
  return html`<section>
    <header>
      <h2>Sign-off</h2>
      <span class="end"
        >acts of signed-in people on the hash of this report’s data; times are platform time, UTC</span
      >
    </header>
    <div class="scroll" role="region" aria-label="Sign-off, table" tabindex="0">
      <table>
        <thead>
          <tr>
            <th scope="col">Act</th>
            <th scope="col">Who</th>
            <th scope="col">When</th>
            <th scope="col">Note</th>
          </tr>
        </thead>
        <tbody>
          ${lines.map(row)}${gone.map(voidRow)}
        </tbody>
      </table>
    </div>
    ${when(
      lines.some((line) => line.state === 'signed' && line.act.own),
      () =>
        html`<p class="how">
          One person signed more than once, which only a sandbox lets them do: this is practice, not a
          sign-off.
        </p>`,
    )}
  </section>`
}

function row(line: SignOffLine): Markup {
  if (line.state === 'open')
    return html`<tr>
      <th scope="row">${capital(line.role)}</th>
      <td class="muted" colspan="3">open</td>
    </tr>`
  const { act, isOtherReport, role } = line
  return html`<tr>
    <th scope="row" class="nowrap">${toneIcon('held')} ${capital(role)}</th>
    ${about(act)}
    <td class="soft">
      ${act.note}${when(
        isOtherReport,
        () =>
          html`<span class="why"
            >Signed as report <code>${act.report.slice(0, 16)}</code>, of the same data; since then findings
            have moved on, or another version wrote it</span
          >`,
      )}
    </td>
  </tr>`
}

function voidRow(act: SignOff): Markup {
  return html`<tr>
    <th scope="row" class="nowrap">${toneIcon('deviated')} ${capital(act.role)}, void</th>
    ${about(act)}
    <td class="soft">
      ${act.note}<span class="why">The data have changed since: it has to be signed again.</span>
    </td>
  </tr>`
}

function about({ by, at }: SignOff): Markup {
  return html`<td>
      ${by.name}<span class="why"><code>${by.id}</code></span>
    </td>
    <td class="nowrap">${dateText(at)}, ${clockText(at, 0)}</td>`
}
