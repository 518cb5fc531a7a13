import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import type { Micros } from '../world/model.ts'
import type { Store, StoreImage } from '../world/store.ts'
import { FORMAT, StateError, type StateIdentity } from './state-directory.ts'

/** A whole world in one file, from which any number of simulators can go on. */
interface WorldSnapshot extends StateIdentity {
  readonly kind: 'firedrill-world-snapshot'
  readonly format: number
  readonly at: Micros
  readonly image: StoreImage
}

/** The text of a snapshot. The same world at the same instant gives the same bytes. */
export const snapshotText = (store: Store, identity: StateIdentity, at: Micros): string => {
  const { world, seed } = identity
  const snapshot: WorldSnapshot = {
    kind: 'firedrill-world-snapshot',
    format: FORMAT,
    world,
    seed,
    at,
    image: store.image(),
  }
  return `${JSON.stringify(snapshot)}\n`
}

/** Writes a snapshot; a file of that name is replaced only once the new one is whole. @throws StateError */
export const writeSnapshot = (file: string, text: string): void => {
  try {
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  } catch (error) {
    throw new StateError(`The snapshot ${file} cannot be written: ${whyOf(error)}. Name a place that can.`)
  }
}

/** Fills an empty store from a snapshot file and returns the instant to go on from. @throws StateError */
export const restoreSnapshot = (file: string, store: Store, identity: StateIdentity): Micros => {
  if (!existsSync(file))
    throw new StateError(`There is no snapshot ${file}. POST /snapshot on the control port writes one.`)
  const snapshot = parse(file)
  if (snapshot.kind !== 'firedrill-world-snapshot' || snapshot.format !== FORMAT)
    throw new StateError(`${file} is no snapshot that this version of the simulator can read.`)
  if (snapshot.world !== identity.world || snapshot.seed !== identity.seed)
    throw new StateError(
      `${file} holds the world ${snapshot.world} (seed ${snapshot.seed}). ` +
        `Start with --world ${snapshot.world} --seed ${snapshot.seed}.`,
    )
  store.restoreImage(snapshot.image)
  return snapshot.at
}

const parse = (file: string): WorldSnapshot => {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as WorldSnapshot
  } catch (error) {
    throw new StateError(`${file} cannot be read: ${whyOf(error)}. Take another snapshot.`)
  }
}

const whyOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
