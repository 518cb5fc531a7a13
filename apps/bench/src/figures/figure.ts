/** Queue backends that a figure may be about. */
export type Backend = 'postgres' | 'redis'

/** What a value counts. */
export const UNITS = [
  '%',
  'ms',
  's',
  'MB',
  'kB',
  'bytes',
  'requests/s',
  'answers/s',
  'seeds/s',
  'x real time',
  'x period and timeout',
  'runs',
  'count',
  'cores',
  'periods',
  'frames/s',
  'points',
] as const

/** One measured number. `goal` null: it stands beside another figure and has none of its own. */
export type Figure = Readonly<{
  bench: string
  figure: string
  value: number
  unit: (typeof UNITS)[number]
  goal: number | null
  better: 'lower' | 'higher'
  /** Null where no queue takes part. */
  backend: Backend | null
  seed: number
}>

/** How much to measure: `default` ends within minutes on two cores, `full` is for comparing releases. */
export const SIZES = ['default', 'full'] as const
export type Size = (typeof SIZES)[number]

/** One thing that can be measured. Figures come as they are known; `say` is for people, not for the record. */
export type Bench = Readonly<{
  name: string
  about: string
  /** `seed`: only that one again, where a bench plays seeds; the first one, where it plays many drills. */
  run(options: Readonly<{ size: Size; seed?: number; say: (line: string) => void }>): AsyncIterable<Figure>
}>

/** True when a figure reached its goal, or has none. */
export function isMet({ value, goal, better }: Pick<Figure, 'value' | 'goal' | 'better'>): boolean {
  return goal === null || (better === 'lower' ? value <= goal : value >= goal)
}

/** How far a figure is on the right side of its goal: 2 is twice as good as promised, 0.5 half. Null without a goal. */
export function ratioToGoal({
  value,
  goal,
  better,
}: Pick<Figure, 'value' | 'goal' | 'better'>): number | null {
  if (goal === null) return null
  return Math.round(100 * (better === 'lower' ? goal / value : value / goal)) / 100
}

/** The value below which `share` of the values lie, by the nearest rank. @throws RangeError when there are none. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  const value = sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
  if (value === undefined) throw new RangeError('nothing was measured')
  return value
}

/** A number with as many digits as its measurement is good for. */
export function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
