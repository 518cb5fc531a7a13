import type { Finding } from '../finding.ts'
import { CLOCK_ROOMS, PURE_ROOMS } from '../import-matrix.ts'
import type { Repository } from '../repository.ts'
import type { Ambient } from '../source-file.ts'

/** What makes the second run differ from the first, and a test sleep. Every room that is not named free of it. */
const CLOCK_AND_CHANCE = new Set([
  'Date.now',
  'new Date()',
  'Date()',
  'Math.random',
  'setTimeout',
  'setInterval',
])
const TIMER_MODULES = new Set(['node:timers', 'node:timers/promises', 'timers', 'timers/promises'])

/** The pure rooms use no Node module, clock, timer, randomness or process: the same input gives the same output. */
export function purity({ rooms }: Repository): Finding[] {
  return rooms
    .filter(({ name }) => PURE_ROOMS.includes(name))
    .flatMap((room) =>
      room.files
        .filter(({ isTest }) => !isTest)
        .flatMap((file) => [
          ...file.imports
            .filter(({ specifier }) => specifier.startsWith('node:'))
            .map(({ specifier, line }) =>
              finding('purity', file.path, line, `${room.name} may not use ${specifier}`),
            ),
          ...file.ambient
            .filter(isImpure)
            .map(({ name, line }) =>
              finding('purity', file.path, line, `${room.name} may not use ${name}: take it as input`),
            ),
        ]),
    )
}

/** Outside the rooms that own them, clocks, timers and randomness come through ports, so that tests can hold them. */
export function clocksThroughPorts({ rooms }: Repository): Finding[] {
  const rule = 'clocks-through-ports'
  return rooms
    .filter(({ name }) => !CLOCK_ROOMS.includes(name) && !PURE_ROOMS.includes(name))
    .flatMap((room) =>
      room.files
        .filter(({ isTest }) => !isTest)
        .flatMap((file) => [
          ...file.imports
            .filter(({ specifier }) => TIMER_MODULES.has(specifier))
            .map(({ specifier, line }) =>
              finding(rule, file.path, line, `${specifier}: take the Clock port instead`),
            ),
          ...file.ambient
            .filter(({ name }) => CLOCK_AND_CHANCE.has(name))
            .map(({ name, line }) =>
              finding(rule, file.path, line, `${name}: take the Clock, Ids or Random port instead`),
            ),
        ]),
    )
}

function isImpure({ name }: Ambient): boolean {
  return name === 'Math.random' || !name.startsWith('Math.')
}

function finding(rule: string, path: string, line: number, message: string): Finding {
  return { rule, at: `${path}:${line}`, message }
}
