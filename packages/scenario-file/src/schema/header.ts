import { API_VERSION } from '@firedrill/core'
import type { Problems } from '../problem/problems.ts'
import { nodeAt, type Located } from '../yaml/located.ts'

/** Every kind of file. `World` belongs to the simulator, which reads its worlds itself. */
export const FILE_KINDS = ['Scenario', 'Environment', 'Runbook', 'World'] as const
export type FileKind = (typeof FILE_KINDS)[number]

/** What a tree says it is, or undefined when it says nothing we know. */
export function kindOfTree(root: Located): FileKind | undefined {
  const node = nodeAt(root, ['kind'])
  return FILE_KINDS.find((kind) => node?.kind === 'scalar' && node.value === kind)
}

/**
 * Whether it makes sense to look at the rest of a file. A file of another kind gets one problem that says so, not one
 * for each of its fields.
 */
export function checkHeader(root: Located, kind: FileKind, problems: Problems): boolean {
  if (root.kind !== 'map') {
    problems.add(
      [],
      root.at,
      'a file begins with fields such as apiVersion and kind',
      `First line: apiVersion: ${API_VERSION}`,
    )
    return false
  }
  const found = kindOfTree(root)
  if (found !== undefined && found !== kind) {
    const at = nodeAt(root, ['kind'])?.at ?? root.at
    problems.add(['kind'], at, `this is ${article(found)}, expected ${article(kind)}`)
    return false
  }
  const version = nodeAt(root, ['apiVersion'])
  if (version?.kind === 'scalar' && typeof version.value === 'string' && version.value !== API_VERSION) {
    problems.add(
      ['apiVersion'],
      version.at,
      `this version reads apiVersion ${API_VERSION}, the file says ${JSON.stringify(version.value)}`,
    )
    return false
  }
  return true
}

function article(kind: FileKind): string {
  return `${kind === 'Environment' ? 'an' : 'a'} ${kind}`
}
