import { describe, expect, it } from 'vitest'
import { evaluate } from './alarm-rules.ts'
import { single, type Bucket } from './metrics.ts'
import { MISSING_DATA, type AlarmState } from './alarm-model.ts'

/** Oldest first: `0` not breaching, `X` breaching, `-` missing. */
const buckets = (pattern: string): Bucket[] =>
  pattern.split(' ').flatMap((mark, at) => (mark === '-' ? [] : [{ at, ...single(mark === 'X' ? 10 : 0) }]))

const states = (pattern: string, datapointsToAlarm: number, current: AlarmState): AlarmState[] =>
  MISSING_DATA.map((treatMissingData) =>
    evaluate(
      {
        statistic: 'Average',
        comparison: 'GreaterThanThreshold',
        threshold: 5,
        evaluationPeriods: 3,
        datapointsToAlarm,
        treatMissingData,
      },
      buckets(pattern),
      current,
    ),
  )

/** The marker of a table cell that keeps the state it finds. */
const KEEPS = 'KEEPS'

/** The tables of the CloudWatch user guide, in its order: missing, ignore, breaching, notBreaching. */
const THREE_OF_THREE = [
  ['0 - X - X', ['OK', 'OK', 'OK', 'OK']],
  ['- - - - 0', ['OK', 'OK', 'OK', 'OK']],
  ['- - - - -', ['INSUFFICIENT_DATA', KEEPS, 'ALARM', 'OK']],
  ['0 X X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['- - X - -', ['ALARM', KEEPS, 'ALARM', 'OK']],
] as const

const TWO_OF_THREE = [
  ['0 - X - X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 0 X 0 X', ['ALARM', 'ALARM', 'ALARM', 'ALARM']],
  ['0 - X - -', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - - 0', ['OK', 'OK', 'ALARM', 'OK']],
  ['- - - - X', ['ALARM', KEEPS, 'ALARM', 'OK']],
] as const

const CASES = [
  ...THREE_OF_THREE.map(([pattern, expected]) => ({ datapoints: 3, pattern, expected })),
  ...TWO_OF_THREE.map(([pattern, expected]) => ({ datapoints: 2, pattern, expected })),
]

describe('an alarm’s state from its data', () => {
  it.each(CASES)(
    'is as documented for $datapoints of 3 and $pattern',
    ({ datapoints, pattern, expected }) => {
      for (const current of ['OK', 'ALARM', 'INSUFFICIENT_DATA'] as const) {
        const wanted = expected.map((state) => (state === KEEPS ? current : state))
        expect(states(pattern, datapoints, current)).toEqual(wanted)
      }
    },
  )
})
