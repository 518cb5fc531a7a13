import type { WireInput } from './wire-value.ts'

type FormNode = { value?: string; readonly children: Map<string, FormNode> }

/**
 * Reads a form body of the query protocols into a tree. `Filter.1.Name` and `Filter.member.1.Name` both become
 * `{ Filter: [{ Name }] }`; list positions only order the items, gaps are closed, as AWS does.
 */
export function parseQueryForm(body: string): WireInput {
  const root: FormNode = { children: new Map() }
  for (const [key, value] of new URLSearchParams(body)) {
    let node = root
    for (const part of key.split('.')) {
      let child = node.children.get(part)
      if (child === undefined) {
        child = { children: new Map() }
        node.children.set(part, child)
      }
      node = child
    }
    node.value = value
  }
  return structureOf(root)
}

function structureOf(node: FormNode): Record<string, unknown> {
  return Object.fromEntries([...node.children].map(([key, child]) => [key, valueOf(child)]))
}

function valueOf(node: FormNode): unknown {
  if (node.children.size === 0) return node.value ?? ''
  const member = node.children.get('member')
  if (member !== undefined && node.children.size === 1) return valueOf(member)
  const keys = [...node.children.keys()]
  if (keys.every((key) => /^\d+$/.test(key))) {
    return [...node.children]
      .sort(([left], [right]) => Number(left) - Number(right))
      .map(([, child]) => valueOf(child))
  }
  return structureOf(node)
}
