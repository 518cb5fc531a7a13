export { RULES } from './architecture.ts'
export type { Finding } from './finding.ts'
export { readRepository } from './repository.ts'
export type { Repository, Room } from './repository.ts'
