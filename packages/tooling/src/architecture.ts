import type { Finding } from './finding.ts'
import type { Repository } from './repository.ts'
import { importArrows } from './rules/import-arrows.ts'
import { fileNames, oneDoor } from './rules/layout.ts'
import { manifestArrows } from './rules/manifest-arrows.ts'
import { packageCycles } from './rules/package-cycles.ts'
import { clocksThroughPorts, purity } from './rules/purity.ts'

/** Every rule of the architecture, by its name. */
export const RULES = {
  'manifest-arrows': manifestArrows,
  'import-arrows': importArrows,
  'package-cycles': packageCycles,
  'one-door': oneDoor,
  purity,
  'clocks-through-ports': clocksThroughPorts,
  'file-names': fileNames,
} as const satisfies Record<string, (repository: Repository) => Finding[]>
