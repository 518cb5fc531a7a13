import { MathError, type MathNode, type Operator } from './expression-parser.ts'

/** Points of one series by instant in microseconds; what is missing is not there. */
export type Points = ReadonlyMap<number, number>

/** A series with the label it is shown by. */
export type LabelledPoints = { readonly label: string; readonly points: Points }

/** What an expression, or a part of it, comes to. */
export type MathValue =
  | { readonly kind: 'scalar'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'series'; readonly points: Points }
  | { readonly kind: 'set'; readonly members: readonly LabelledPoints[] }

/** What an expression can see. */
export type MathScope = {
  /** The instants of the range, ascending: the starts of its periods. */
  readonly instants: readonly number[]
  readonly periodSeconds: number
  /** The value of another query of the call, at this scope's period. */
  readonly valueOf: (id: string) => MathValue
  /** The metrics of the call, without expressions, at this scope's period. */
  readonly metrics: () => readonly (LabelledPoints & { readonly id: string })[]
}

/** Works an expression out. @throws MathError for what CloudWatch refuses, or what is not to be had here. */
export function evaluateExpression(node: MathNode, scope: MathScope): MathValue {
  switch (node.kind) {
    case 'number':
      return { kind: 'scalar', value: node.value }
    case 'text':
      return { kind: 'text', value: node.value }
    case 'reference':
      return scope.valueOf(node.id)
    case 'list':
      return {
        kind: 'set',
        members: node.items.flatMap((item) => membersOf(evaluateExpression(item, scope))),
      }
    case 'negation':
      return mapPoints(evaluateExpression(node.operand, scope), (value) => -value)
    case 'operation':
      return combine(
        evaluateExpression(node.left, scope),
        evaluateExpression(node.right, scope),
        node.operator,
      )
    case 'call':
      return call(
        node.name,
        node.args.map((arg) => evaluateExpression(arg, scope)),
        scope,
      )
    default:
      return node satisfies never
  }
}

type MathFunction = (args: readonly MathValue[], scope: MathScope) => MathValue

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0)

/** Of one series a number; of several series a series, instant by instant. */
const aggregate =
  (reduce: (values: readonly number[]) => number): MathFunction =>
  ([value]) => {
    if (value?.kind === 'series') return { kind: 'scalar', value: reduce([...value.points.values()]) }
    if (value?.kind !== 'set') throw new MathError('The function needs metrics')
    const columns = new Map<number, number[]>()
    for (const { points } of value.members)
      for (const [at, point] of points) columns.set(at, [...(columns.get(at) ?? []), point])
    const instants = [...columns].sort(([left], [right]) => left - right)
    return { kind: 'series', points: new Map(instants.map(([at, column]) => [at, reduce(column)])) }
  }

const pointwise =
  (change: (value: number) => number): MathFunction =>
  ([value]) =>
    mapPoints(need(value), change)

/** Each point from the one before it; the first has none and is left out. */
const stepwise =
  (change: (value: number, before: number, seconds: number) => number): MathFunction =>
  ([value]) =>
    mapSeries(need(value), (points) => {
      const entries = [...points]
      return new Map(
        entries.slice(1).map(([at, point], index) => {
          const [earlier = at, before = 0] = entries[index] ?? []
          return [at, change(point, before, (at - earlier) / 1_000_000)]
        }),
      )
    })

const FUNCTIONS: Readonly<Record<string, MathFunction>> = {
  ABS: pointwise(Math.abs),
  AVG: aggregate((values) => sum(values) / values.length),
  CEIL: pointwise(Math.ceil),
  DATAPOINT_COUNT: aggregate((values) => values.length),
  DIFF: stepwise((value, before) => value - before),
  FILL: ([value, filler], scope) => mapSeries(need(value), (points) => fill(points, need(filler), scope)),
  FLOOR: pointwise(Math.floor),
  MAX: aggregate((values) => Math.max(...values)),
  METRIC_COUNT: ([value]) => ({ kind: 'scalar', value: membersOf(need(value)).length }),
  METRICS: ([part], scope) => {
    const members = scope.metrics().filter(({ id }) => part?.kind !== 'text' || id.includes(part.value))
    if (members.length === 0) throw new MathError('METRICS() found no metrics')
    return { kind: 'set', members }
  },
  MIN: aggregate((values) => Math.min(...values)),
  PERIOD: (_args, { periodSeconds }) => ({ kind: 'scalar', value: periodSeconds }),
  RATE: stepwise((value, before, seconds) => (value - before) / seconds),
  RUNNING_SUM: ([value]) =>
    mapSeries(need(value), (points) => {
      let total = 0
      return new Map([...points].map(([at, point]) => [at, (total += point)]))
    }),
  SUM: aggregate(sum),
  TIME_SERIES: ([value], { instants }) => {
    if (value?.kind !== 'scalar') throw new MathError('TIME_SERIES() needs a number')
    return { kind: 'series', points: new Map(instants.map((at) => [at, value.value])) }
  },
}

/** The functions there are, for messages and documentation. */
export const MATH_FUNCTIONS: readonly string[] = Object.keys(FUNCTIONS)

function call(name: string, args: readonly MathValue[], scope: MathScope): MathValue {
  const found = FUNCTIONS[name]
  if (found === undefined) throw new MathError(`Function ${name} is not supported`)
  return found(args, scope)
}

function fill(points: Points, filler: MathValue, { instants }: MathScope): Points {
  if (filler.kind === 'scalar') return new Map(instants.map((at) => [at, points.get(at) ?? filler.value]))
  // The words REPEAT and LINEAR are read as references, which do not exist under those names.
  if (filler.kind !== 'text') throw new MathError('FILL needs a number, REPEAT or LINEAR')
  const known = [...points]
  const filled = instants.flatMap((at): (readonly [number, number])[] => {
    const own = points.get(at)
    if (own !== undefined) return [[at, own]]
    const before = known.findLast(([other]) => other < at)
    const after = known.find(([other]) => other > at)
    if (before === undefined) return []
    if (filler.value === 'REPEAT') return [[at, before[1]]]
    if (after === undefined) return []
    return [[at, before[1] + ((after[1] - before[1]) * (at - before[0])) / (after[0] - before[0])]]
  })
  return new Map(filled)
}

/** Where both sides are series, only instants that both have; what cannot be divided is left out. */
function combine(left: MathValue, right: MathValue, operator: Operator): MathValue {
  if (left.kind === 'text' || right.kind === 'text') throw new MathError('Text cannot be calculated with')
  if (left.kind === 'set')
    return {
      kind: 'set',
      members: left.members.map((member) => onMember(member, (one) => combine(one, right, operator))),
    }
  if (right.kind === 'set')
    return {
      kind: 'set',
      members: right.members.map((member) => onMember(member, (one) => combine(left, one, operator))),
    }
  if (left.kind === 'scalar' && right.kind === 'scalar')
    return { kind: 'scalar', value: operate(operator, left.value, right.value) }
  const instants =
    left.kind === 'series' ? left.points.keys() : right.kind === 'series' ? right.points.keys() : []
  const at = (side: typeof left, instant: number): number | undefined =>
    side.kind === 'scalar' ? side.value : side.points.get(instant)
  const points = [...instants].flatMap((instant): (readonly [number, number])[] => {
    const [a, b] = [at(left, instant), at(right, instant)]
    const value = a === undefined || b === undefined ? Number.NaN : operate(operator, a, b)
    return Number.isFinite(value) ? [[instant, value]] : []
  })
  return { kind: 'series', points: new Map(points) }
}

function operate(operator: Operator, left: number, right: number): number {
  switch (operator) {
    case '+':
      return left + right
    case '-':
      return left - right
    case '*':
      return left * right
    case '/':
      return left / right
    case '^':
      return left ** right
    default:
      return operator satisfies never
  }
}

function onMember(member: LabelledPoints, change: (series: MathValue) => MathValue): LabelledPoints {
  const changed = change({ kind: 'series', points: member.points })
  return changed.kind === 'series' ? { ...member, points: changed.points } : member
}

function mapSeries(value: MathValue, change: (points: Points) => Points): MathValue {
  if (value.kind === 'series') return { kind: 'series', points: change(value.points) }
  if (value.kind !== 'set') throw new MathError('The function needs metrics')
  return {
    kind: 'set',
    members: value.members.map((member) => ({ ...member, points: change(member.points) })),
  }
}

function mapPoints(value: MathValue, change: (value: number) => number): MathValue {
  if (value.kind === 'scalar') return { kind: 'scalar', value: change(value.value) }
  return mapSeries(value, (points) => new Map([...points].map(([at, point]) => [at, change(point)])))
}

function membersOf(value: MathValue): readonly LabelledPoints[] {
  switch (value.kind) {
    case 'series':
      return [{ label: '', points: value.points }]
    case 'set':
      return value.members
    case 'scalar':
    case 'text':
      throw new MathError('The function needs metrics')
    default:
      return value satisfies never
  }
}

function need(value: MathValue | undefined): MathValue {
  if (value === undefined) throw new MathError('The function needs more arguments')
  return value
}
