import { describe, expect, it } from 'vitest'
import { compileFile, identify } from '../compile-file.ts'
import { formatProblems } from '../problem/problems.ts'
import { compileRunbook } from './compile-runbook.ts'

const GOOD = `---
apiVersion: firedrill.dev/v1
kind: Runbook
metadata:
  name: evacuate-checkout
  title: Evacuate checkout
---

Read this first; it is no step.

## 1. Declare the evacuation

Role: lead
Expected: 2m

Say in the channel:

\`\`\`
## this is no step
\`\`\`

## Move traffic
Role: operator
Expected: 5m
Name: shift
Check: checkout
Action: continue
Marks: acted
### Detail
Set the weights.
`

function told(text: string): readonly string[] {
  const result = compileRunbook(text)
  return result.ok ? [] : formatProblems(result.problems, 'x').split('\n')
}

describe('a runbook', () => {
  it('has one step a heading, with role, expected time and instructions', () => {
    const result = compileRunbook(GOOD)
    expect(result.ok && result.compiled).toEqual({
      apiVersion: 'firedrill.dev/v1',
      kind: 'Runbook',
      name: 'evacuate-checkout',
      title: 'Evacuate checkout',
      steps: [
        {
          name: 'declare-the-evacuation',
          title: '1. Declare the evacuation',
          role: 'lead',
          expectedMs: 120_000,
          instructions: 'Say in the channel:\n\n```\n## this is no step\n```',
        },
        {
          name: 'shift',
          title: 'Move traffic',
          role: 'operator',
          expectedMs: 300_000,
          instructions: '### Detail\nSet the weights.',
          check: 'checkout',
          action: 'continue',
          marks: 'acted',
        },
      ],
    })
  })

  it('tells every problem at once, at the line of the file', () => {
    expect(
      told(
        GOOD.replace('kind: Runbook', 'kind: Runbook\ntitel: x')
          .replace('Role: lead', 'Rol: lead')
          .replace('Name: shift', 'Name: declare-the-evacuation')
          .replace('5m', 'soon')
          .replace('Check: checkout', 'Check: The page')
          .replace('Action: continue', 'Action: contine'),
      ),
    ).toEqual([
      'x:4:1: unknown field "titel" (titel)',
      'x:12:1: step "1. Declare the evacuation" does not say who does it (steps[0].role)',
      '    For example: Role: operator',
      'x:14:1: unknown field "Rol" (steps[0])',
      '    Did you mean Role?',
      'x:23:1: another step is already named declare-the-evacuation, on line 12 (steps[1])',
      '    Give one of them a line such as Name: second-check',
      'x:25:1: "soon" is not a duration; write for example 90s, 1m30s, 500ms, 2h or PT5M (steps[1].expected)',
      'x:27:1: "The page" is no name of a probe (steps[1].check)',
      '    For example: Check: checkout',
      'x:28:1: expected one of abort, continue, found "contine" (steps[1].action)',
      '    Did you mean continue?',
    ])
  })

  it('needs front matter and at least one step', () => {
    expect(told('## A step')).toEqual(['x:1:1: a runbook begins with front matter between two lines of ---'])
    expect(told(GOOD.slice(0, GOOD.indexOf('## 1.')))[0]).toBe(
      'x:8:1: a runbook needs at least one step (steps)',
    )
  })
})

describe('a file of any kind', () => {
  it('is known by what it says it is', () => {
    expect(identify(GOOD)).toEqual({ kind: 'Runbook', name: 'evacuate-checkout' })
    expect(compileFile(GOOD)).toMatchObject({ kind: 'Runbook', result: { ok: true } })
    expect(identify('kind: [')).toEqual({ kind: undefined, name: undefined })
  })

  it('that says nothing gets a place and the words it may say', () => {
    const { kind, result } = compileFile('kind: Scenaro\n')
    expect(kind).toBeUndefined()
    expect(result.ok ? [] : result.problems).toEqual([
      {
        path: 'kind',
        line: 1,
        column: 7,
        message: 'kind is missing or unknown',
        suggestion: 'Did you mean Scenario?',
      },
    ])
  })
})
