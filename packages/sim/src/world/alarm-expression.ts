import { ALARM_STATES, type AlarmState } from './alarm-model.ts'

/** A composite alarm's rule, read. */
export type AlarmExpression =
  | { readonly kind: 'constant'; readonly value: boolean }
  | { readonly kind: 'state'; readonly state: AlarmState; readonly alarm: string }
  | { readonly kind: 'not'; readonly operand: AlarmExpression }
  | { readonly kind: 'and' | 'or'; readonly operands: readonly [AlarmExpression, AlarmExpression] }

/** A rule, or what is wrong with it. */
export type ParsedRule =
  | { readonly kind: 'rule'; readonly expression: AlarmExpression }
  | { readonly kind: 'invalid'; readonly problem: string }

class RuleError extends Error {}

/**
 * Reads a rule: `ALARM(a)`, `OK("b")`, `INSUFFICIENT_DATA(arn)`, `TRUE`, `FALSE`, joined by `NOT`, `AND`, `OR` (in that
 * order of strength) and parentheses.
 */
export const parseRule = (text: string): ParsedRule => {
  try {
    const parser = new RuleParser(text)
    return { kind: 'rule', expression: parser.parse() }
  } catch (error) {
    if (error instanceof RuleError) return { kind: 'invalid', problem: error.message }
    throw error
  }
}

/** Names and ARNs that a rule mentions. */
export const alarmsIn = (expression: AlarmExpression): readonly string[] => {
  switch (expression.kind) {
    case 'constant':
      return []
    case 'state':
      return [expression.alarm]
    case 'not':
      return alarmsIn(expression.operand)
    case 'and':
    case 'or':
      return [...new Set(expression.operands.flatMap((operand) => alarmsIn(operand)))]
    default:
      return expression satisfies never
  }
}

/** Whether a rule holds. */
export const ruleHolds = (
  expression: AlarmExpression,
  stateOf: (alarm: string) => AlarmState | undefined,
): boolean => {
  switch (expression.kind) {
    case 'constant':
      return expression.value
    case 'state':
      return stateOf(expression.alarm) === expression.state
    case 'not':
      return !ruleHolds(expression.operand, stateOf)
    case 'and':
      return expression.operands.every((operand) => ruleHolds(operand, stateOf))
    case 'or':
      return expression.operands.some((operand) => ruleHolds(operand, stateOf))
    default:
      return expression satisfies never
  }
}

class RuleParser {
  readonly #tokens: string[]

  constructor(text: string) {
    this.#tokens = text.match(/"[^"]*"|[()]|[^\s()"]+/g) ?? []
  }

  parse(): AlarmExpression {
    const expression = this.#or()
    if (this.#tokens.length > 0) throw new RuleError(`unexpected '${this.#tokens[0]}'`)
    return expression
  }

  #or(): AlarmExpression {
    let left = this.#and()
    while (this.#takes('OR')) left = { kind: 'or', operands: [left, this.#and()] }
    return left
  }

  #and(): AlarmExpression {
    let left = this.#not()
    while (this.#takes('AND')) left = { kind: 'and', operands: [left, this.#not()] }
    return left
  }

  #not(): AlarmExpression {
    if (this.#takes('NOT')) return { kind: 'not', operand: this.#not() }
    if (this.#takes('(')) {
      const inside = this.#or()
      this.#wants(')')
      return inside
    }
    return this.#term()
  }

  #term(): AlarmExpression {
    const word = this.#next()
    if (word === 'TRUE' || word === 'FALSE') return { kind: 'constant', value: word === 'TRUE' }
    const state = ALARM_STATES.find((known) => known === word)
    if (state === undefined) throw new RuleError(`unexpected '${word}'`)
    this.#wants('(')
    const alarm = this.#next().replaceAll('"', '')
    if (alarm === '' || alarm === ')') throw new RuleError(`${word}() names no alarm`)
    this.#wants(')')
    return { kind: 'state', state, alarm }
  }

  #takes(token: string): boolean {
    if (this.#tokens[0] !== token) return false
    this.#tokens.shift()
    return true
  }

  #wants(token: string): void {
    const found = this.#next()
    if (found !== token) throw new RuleError(`expected '${token}' but found '${found}'`)
  }

  #next(): string {
    const token = this.#tokens.shift()
    if (token === undefined) throw new RuleError('the rule ends too early')
    return token
  }
}
