/** A metric math expression, read. */
export type MathNode =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'reference'; readonly id: string }
  | { readonly kind: 'list'; readonly items: readonly MathNode[] }
  | { readonly kind: 'negation'; readonly operand: MathNode }
  | {
      readonly kind: 'operation'
      readonly operator: Operator
      readonly left: MathNode
      readonly right: MathNode
    }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly MathNode[] }

/** Arithmetic operators, the weakest first; those of one row bind alike. */
const PRECEDENCE = [['+', '-'], ['*', '/'], ['^']] as const
/** One arithmetic operator. */
export type Operator = (typeof PRECEDENCE)[number][number]

/** The expression is not one that CloudWatch can read. */
export class MathError extends Error {}

/** Reads an expression. @throws MathError with what is wrong. */
export function parseExpression(text: string): MathNode {
  const parser = new MathParser(text)
  return parser.parse()
}

/** The ids that an expression refers to. */
export function referencesIn(node: MathNode): readonly string[] {
  switch (node.kind) {
    case 'number':
    case 'text':
      return []
    case 'reference':
      return [node.id]
    case 'list':
      return node.items.flatMap((item) => referencesIn(item))
    case 'negation':
      return referencesIn(node.operand)
    case 'operation':
      return [...referencesIn(node.left), ...referencesIn(node.right)]
    case 'call':
      return node.args.flatMap((arg) => referencesIn(arg))
    default:
      return node satisfies never
  }
}

class MathParser {
  readonly #tokens: string[]

  constructor(text: string) {
    const tokens = text.match(/"[^"]*"|'[^']*'|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|\S/g)
    this.#tokens = tokens ?? []
  }

  parse(): MathNode {
    const node = this.#binary(0)
    if (this.#tokens.length > 0) throw new MathError(`Unexpected token '${this.#tokens[0]}'`)
    return node
  }

  #binary(level: number): MathNode {
    const operators: readonly Operator[] | undefined = PRECEDENCE[level]
    if (operators === undefined) return this.#unary()
    let left = this.#binary(level + 1)
    for (;;) {
      const operator = operators.find((known) => known === this.#tokens[0])
      if (operator === undefined) return left
      this.#tokens.shift()
      left = { kind: 'operation', operator, left, right: this.#binary(level + 1) }
    }
  }

  #unary(): MathNode {
    if (this.#tokens[0] !== '-') return this.#primary()
    this.#tokens.shift()
    return { kind: 'negation', operand: this.#unary() }
  }

  #primary(): MathNode {
    const token = this.#next()
    if (/^\d/.test(token)) return { kind: 'number', value: Number(token) }
    if (/^["']/.test(token)) return { kind: 'text', value: token.slice(1, -1) }
    if (token === '(') {
      const inside = this.#binary(0)
      this.#wants(')')
      return inside
    }
    if (token === '[') return { kind: 'list', items: this.#items(']') }
    if (!/^[A-Za-z_]/.test(token)) throw new MathError(`Unexpected token '${token}'`)
    if (this.#tokens[0] !== '(') return { kind: 'reference', id: token }
    this.#tokens.shift()
    return { kind: 'call', name: token.toUpperCase(), args: this.#items(')') }
  }

  #items(end: string): readonly MathNode[] {
    const items: MathNode[] = []
    if (this.#tokens[0] === end) {
      this.#tokens.shift()
      return items
    }
    for (;;) {
      items.push(this.#binary(0))
      const token = this.#next()
      if (token === end) return items
      if (token !== ',') throw new MathError(`Expected ',' or '${end}' but found '${token}'`)
    }
  }

  #wants(token: string): void {
    const found = this.#next()
    if (found !== token) throw new MathError(`Expected '${token}' but found '${found}'`)
  }

  #next(): string {
    const token = this.#tokens.shift()
    if (token === undefined) throw new MathError('Unexpected end of expression')
    return token
  }
}
