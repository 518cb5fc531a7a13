import { html, type Markup } from './markup.ts'

type Framework = Readonly<{ name: string; asks: readonly (readonly [ask: string, where: string])[] }>

/** What each framework wants on record of an exercise, and where this report has it. Nothing here is a finding of conformity. */
const FRAMEWORKS: readonly Framework[] = [
  {
    name: 'DORA, Art. 11 and 24 to 26, with RTS 2024/1774 Art. 25',
    asks: [
      ['Identity of the test, dates, systems', 'Record; What was tested'],
      ['Severe but plausible scenario, expected outcome', 'What was tested: hypothesis, steps'],
      ['Switch-over, and normal function restored afterwards', 'The run; Put back'],
      ['RTO and RPO per function beside what was observed', 'Objectives and what was observed'],
      ['Results documented, deficiencies analysed and addressed', 'Timeline; Findings'],
      ['Reported to the management body', 'Sign-off: accepted'],
    ],
  },
  {
    name: 'ISO 22301, clause 8.5',
    asks: [
      ['Exercise consistent with its objectives, realistic scenario', 'What was tested'],
      ['Formal report after the exercise', 'this file, its seal and its sign-off'],
      ['Recommendations and resulting improvement', 'Findings, with the date of the next drill'],
    ],
  },
  {
    name: 'SOC 2, A1.3',
    asks: [
      ['Actual recovery time against the objective', 'Objectives and what was observed'],
      ['Integrity of data', 'Objectives of the kind data loss, where the scenario has one'],
      ['Gaps addressed, plan revised', 'Findings; version of the scenario in Record'],
    ],
  },
  {
    name: 'NIST SP 800-84',
    asks: [
      ['Scope, objectives', 'What was tested; Objectives and what was observed'],
      ['Observations, participants', 'Timeline; Notes'],
      ['Action items assigned', 'Findings: owner and due date'],
    ],
  },
]

/** Where to find what a framework asks for. Each is unfolded by whoever needs it; paper has all of them. */
export function controls(): Markup {
  return html`<section>
    <header>
      <h2>Control mapping</h2>
      <span class="end"
        >where to look, not a statement of conformity; have your compliance function confirm it</span
      >
    </header>
    ${FRAMEWORKS.map(
      ({ name, asks }) =>
        html`<details>
          <summary>${name}</summary>
          <dl class="facts">
            ${asks.map(
              ([ask, where]) =>
                html`<dt>${ask}</dt>
                  <dd>${where}</dd>`,
            )}
          </dl>
        </details>`,
    )}
  </section>`
}
