import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { RunId } from '../ids/ids.ts'
import type { Actor } from '../journal/envelope.ts'
import { platformInstant } from '../time/instant.ts'
import {
  decideSignOff,
  signOffProblem,
  standingSignOffs,
  type SignOff,
  type SignOffAsked,
  type SignOffContext,
} from './sign-off.ts'

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const [REPORT, DATA] = [sha256('report'), sha256('data')]
const person = (id: string): Actor => ({ kind: 'person', id, name: id.toUpperCase() })
const sandbox = {
  environmentKind: 'sandbox',
  aws: {
    endpoint: 'http://127.0.0.1:1',
    credentials: { source: 'static', accessKeyId: 'a', secretAccessKey: 'b' },
  },
} as unknown as SignOffContext['environment']
const cloud = { ...sandbox, environmentKind: 'cloud' } as SignOffContext['environment']

const context: SignOffContext = {
  run: { id: 'run_x' as RunId, status: 'closed', provisional: false },
  acts: [],
  matter: { report: REPORT, data: DATA },
  environment: cloud,
  now: platformInstant(5),
  sha256,
}
const ask = (asked: Partial<SignOffAsked>, change: Partial<SignOffContext> = {}) =>
  decideSignOff(
    { role: 'prepared', report: REPORT, by: person('ada'), note: '', ...asked },
    { ...context, ...change },
  )
const actOf = (...of: Parameters<typeof ask>): SignOff => {
  const answer = ask(...of)
  if ('refused' in answer) throw new Error(answer.refused)
  return answer.act
}
const refusal = (...of: Parameters<typeof ask>) => {
  const answer = ask(...of)
  return 'refused' in answer ? answer.refused : 'signed'
}

const first = actOf({})
const second = actOf({ role: 'reviewed', by: person('ben') }, { acts: [first] })

describe('a report is signed off', () => {
  it('by three people, one after another, in a chain', () => {
    const third = actOf({ role: 'accepted', by: person('cyd') }, { acts: [first, second] })
    const acts = [first, second, third]
    expect(acts.map(({ seq, own }) => [seq, own])).toEqual([
      [1, false],
      [2, false],
      [3, false],
    ])
    expect(signOffProblem(acts, sha256)).toBeUndefined()
    expect(Object.keys(standingSignOffs(acts, DATA))).toEqual(['prepared', 'reviewed', 'accepted'])
  })

  it.each([
    ['a run that goes on', {}, { run: { ...context.run, status: 'observing' } }, 'not over'],
    ['provisional figures', {}, { run: { ...context.run, provisional: true } }, 'provisional'],
    ['another report than was looked at', { report: DATA }, {}, 'look again'],
    ['somebody who is nobody', { by: { kind: 'ci', id: 'ci', name: 'ci' } }, {}, 'only people'],
    ['a review of what nobody prepared', { role: 'reviewed' }, {}, 'nobody has prepared it'],
    [
      'an acceptance of what nobody reviewed',
      { role: 'accepted', by: person('ben') },
      { acts: [first] },
      'reviewed',
    ],
    ['what was done already', { by: person('ben') }, { acts: [first] }, 'ADA has prepared it already'],
    ['the same person again', { role: 'reviewed' }, { acts: [first] }, 'other people'],
    [
      'two names of one person',
      { role: 'reviewed', by: { ...person('ada'), name: 'Zoe' } },
      { acts: [first] },
      'other people',
    ],
  ] as const)('but not: %s', (_, asked, change, says) => {
    expect(refusal(asked as Partial<SignOffAsked>, change as Partial<SignOffContext>)).toContain(says)
  })

  it('by one person only in a sandbox, and the act says so; its kind as a word alone is not believed', () => {
    expect(actOf({ role: 'reviewed' }, { acts: [first], environment: sandbox }).own).toBe(true)
    const real = { ...sandbox, aws: { ...sandbox.aws, endpoint: 'aws' } } as SignOffContext['environment']
    expect(refusal({ role: 'reviewed' }, { acts: [first], environment: real })).toContain('other people')
  })
})

describe('a sign-off is void', () => {
  const changed = { report: sha256('another report'), data: sha256('other data') }

  it('once the data have changed, and begins again from the start', () => {
    const acts = [first, second]
    expect(standingSignOffs(acts, changed.data)).toEqual({})
    const asked = { report: changed.report }
    expect(refusal({ ...asked, role: 'accepted', by: person('cyd') }, { acts, matter: changed })).toContain(
      'prepared',
    )
    const again = actOf(asked, { acts, matter: changed })
    expect(again).toMatchObject({ seq: 3, prev: second.hash })
    expect(signOffProblem([...acts, again], sha256)).toBeUndefined()
  })

  it('not because another version of the program wrote the same data', () => {
    const matter = { report: changed.report, data: DATA }
    expect(
      actOf({ role: 'reviewed', by: person('ben'), report: changed.report }, { acts: [first], matter }).seq,
    ).toBe(2)
  })
})

it('an act that was changed, moved or taken out is noticed', () => {
  expect(signOffProblem([{ ...first, note: 'fine' }], sha256)).toBe('act 1 was changed after it was written')
  expect(signOffProblem([second], sha256)).toBe('act 1 carries seq 2')
  expect(signOffProblem([first, { ...second, prev: DATA }], sha256)).toBe(
    'act 2 does not follow the one before it',
  )
})
