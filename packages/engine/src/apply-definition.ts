import {
  canonicalJson,
  type Actor,
  type DefinitionKind,
  type Definitions,
  type DefinitionVersion,
  type Origin,
} from '@firedrill/core'
import type { EnginePorts } from './ports.ts'

/** The hash that names a compiled definition: SHA-256 over its canonical JSON. */
export function definitionHash(compiled: Definitions[DefinitionKind], sha256: EnginePorts['sha256']): string {
  return sha256(canonicalJson(compiled))
}

/** Stores a compiled definition as a new version, unless the newest of its name is the same. */
export function createApplyDefinition(ports: Pick<EnginePorts, 'definitions' | 'sha256'>) {
  return function applyDefinition<K extends DefinitionKind>(
    input: Readonly<{
      kind: K
      teamId: string
      source: string
      compiled: Definitions[K]
      origin: Origin
      actor: Actor
    }>,
  ): Promise<DefinitionVersion<K>> {
    return ports.definitions.put({
      ...input,
      name: input.compiled.name,
      hash: definitionHash(input.compiled, ports.sha256),
    })
  }
}
