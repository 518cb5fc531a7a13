import { hexAt } from '../world/random.ts'

/** Ids are the same in every copy of a world, whatever its seed, so that files may name them. */
export const idOf = (kind: string, name: string, length: number): string =>
  hexAt(0, `${kind}:${name}`, length)

/** The same as a UUID. */
export const uuidOf = (kind: string, name: string): string =>
  idOf(kind, name, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
